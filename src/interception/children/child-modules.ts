import Module from 'node:module';
import path from 'node:path';
import {
  importStatements,
  type ImportStatements,
} from '../../dependencies/resolution/import-statements';
import {
  tellImport,
  tellScope,
  type NodeLookupListener,
} from '../../dependencies/resolution/node-lookups';
import { getOrCreate } from '../../dependencies/get-or-create';
import { unwatched } from '../observer';
import { stamp } from './observation';
import type { Sink } from '../sink';

/** Files without an extension may be commands. */
const PROGRAM = /(?:^|[\\/])[^.\\/]+$|\.[cm]?[jt]sx?$/;
const SCRIPT = /\.[cm]?[jt]sx?$/;

/** How a command begins that Node runs. */
const COMMAND = /^#!.*\bnode\b/;

const NO_STATEMENTS: ImportStatements = { specifiers: [], isComputed: false };

/** A larger file without an extension is a binary program. */
const MAX_COMMAND_BYTES = 1_000_000;

/** Before Node 22.15, a child cannot report what it imports. Its sources are read instead. */
const READS_SOURCES = !('registerHooks' in Module);

/** The imports of known sources, for all test files of a worker, because many test files start the same programs. */
export type KnownSources = Map<string, ImportStatements>;

/**
 * What the modules of children and threads depend on, apart from their content: the package.json files that say how
 * each one is read. If the child cannot report its imports, also the places where these were looked for.
 */
export class ChildModules {
  readonly #to: NodeLookupListener & Pick<Sink, 'lost'>;
  readonly #isProjects: (file: string) => boolean;
  readonly #known: KnownSources;
  readonly #seen = new Set<string>();

  /** @param isProjects Whether a file belongs to no installed package. */
  constructor(
    to: NodeLookupListener & Pick<Sink, 'lost'>,
    isProjects: (file: string) => boolean,
    known: KnownSources,
  ) {
    this.#to = to;
    this.#isProjects = isProjects;
    this.#known = known;
  }

  /** A file was loaded, or named in a command. */
  loaded(file: string): void {
    if (!PROGRAM.test(file) || this.#seen.has(file) || !this.#isProjects(file)) return;
    this.#seen.add(file);
    this.governed(file);
    if (!READS_SOURCES) return;
    const statements = this.#statementsOf(file);
    if (statements !== null) this.#imports(path.dirname(file), statements);
  }

  /** A file was read that may be a module. */
  governed(file: string): void {
    const folder = path.dirname(file);
    if (!PROGRAM.test(file) || this.#seen.has(folder) || !this.#isProjects(file)) return;
    this.#seen.add(folder);
    tellScope(this.#to, folder);
  }

  /** A source text was run that is in no file. */
  evaluated(folder: string, text: string): void {
    if (READS_SOURCES) this.#imports(folder, importStatements(text));
  }

  #imports(folder: string, { specifiers, isComputed }: ImportStatements): void {
    for (const specifier of specifiers) tellImport(this.#to, folder, specifier);
    // The specifier is computed, so it is unknown what was imported.
    if (isComputed) this.#to.lost();
  }

  #statementsOf(file: string): ImportStatements | null {
    try {
      const stats = unwatched.statSync(file, { bigint: true });
      const isScript = SCRIPT.test(file);
      // Reading a pipe would never end.
      if (!stats.isFile() || (!isScript && stats.size > MAX_COMMAND_BYTES)) return null;
      return getOrCreate(this.#known, `${file}${stamp(stats)}`, () => {
        const source = unwatched.readFileSync(file, 'utf8');
        return isScript || COMMAND.test(source) ? importStatements(source) : NO_STATEMENTS;
      });
    } catch {
      // The file is gone or unreadable, so nobody can run it either.
      return null;
    }
  }
}
