import * as path from 'node:path';
import { packageFolder } from '../dependencies/files/paths';
import { getOrCreate } from '../dependencies/get-or-create';
import { calledByTool } from '../interception/callers';
import type { SelfWrites } from '../interception/files/self-writes';
import { observeBeside } from '../interception/observer';
import { onlyWhen } from '../interception/sink';
import type { Dependency } from '../records/types';
import { FileSink } from './inputs/file-sink';
import type { Places } from './inputs/path-inputs';
import { noteWorkOf, watchToolLoads } from './inputs/tool-inputs';

/**
 * Observes the servers that global setups leave running in Jest's main process. They read files when tests ask them.
 * Nobody knows which test file a request comes from, so what they read counts for all.
 */
export class SetupServers extends FileSink {
  readonly #unwatch: () => void;
  readonly #depend: (dependency: Dependency) => void;

  /**
   * @param written What the setups did to the file system before.
   * @param depend Receives what the servers depend on.
   */
  constructor(
    places: Places,
    written: SelfWrites,
    code: SetupCode,
    depend: (dependency: Dependency) => void,
  ) {
    super(places, written);
    this.#depend = depend;
    watchToolLoads();
    this.#unwatch = noteWorkOf(() => code.caller);
    observeBeside(onlyWhen(() => code.caller !== undefined, this));
  }

  /** What was listed now counts as the servers leave it. */
  finish(): void {
    this.settle();
  }

  /** Jest runs the global setups of the next run. */
  stop(): void {
    this.#unwatch();
    observeBeside(null);
  }

  protected depend(dependency: Dependency): void {
    this.#depend(dependency);
  }
}

/** The code of the global setups: the modules that they loaded, and the packages that nobody had loaded before them. */
export class SetupCode {
  /** One of the setups, as an absolute path. What they read is kept under its name. */
  readonly name: string;
  /** By file: whether it is a module of theirs. */
  readonly #modules = new Map<string, boolean>();
  readonly #before: ReadonlySet<string>;
  /** By the folder of a package: whether they loaded it. */
  readonly #packages = new Map<string, boolean>();

  /**
   * @param name One of the setups, as an absolute path.
   * @param closure The setups and their imports, as absolute paths.
   * @param before Absolute paths of the modules that this process had loaded before the setups ran.
   */
  constructor(name: string, closure: readonly string[], before: ReadonlySet<string>) {
    this.name = name;
    this.#before = foldersOf(before);
    for (const file of Object.keys(require.cache)) {
      const folder = packageFolder(file);
      if (before.has(file)) this.#modules.set(file, false);
      else if (folder === null) this.#modules.set(file, true);
      else this.#packages.set(folder, !this.#before.has(folder));
    }
    for (const file of closure) this.#modules.set(file, true);
  }

  /** Their name if they, or packages that they loaded, are working now. */
  get caller(): string | undefined {
    return calledByTool(
      (file) => (packageFolder(file) === null && this.#isTheirs(file) ? this.name : undefined),
      (file) => (this.#isOfTheirPackage(file) ? this.name : undefined),
    );
  }

  /** Whether they loaded a module of the project, perhaps only when they were asked. */
  #isTheirs(file: string): boolean {
    return getOrCreate(this.#modules, file, () =>
      Object.values(require.cache).some(
        (loader) =>
          loader?.children.some(({ filename }) => filename === file) === true &&
          this.#isTheirs(loader.filename),
      ),
    );
  }

  /** Whether they loaded a package. What was loaded as ES modules alone was not loaded by Jest. */
  #isOfTheirPackage(file: string): boolean {
    const folder = packageFolder(file);
    if (folder === null || this.#before.has(folder)) return false;
    return getOrCreate(
      this.#packages,
      folder,
      () => !Object.keys(require.cache).some((loaded) => loaded.startsWith(folder + path.sep)),
    );
  }
}

function foldersOf(files: Iterable<string>): Set<string> {
  return new Set(Array.from(files, packageFolder).filter((folder) => folder !== null));
}
