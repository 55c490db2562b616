import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isSourceFile, type Source } from './mutants';

/** A copy of a project in which mutants may live, and a copy of the tool that nobody rebuilds meanwhile. */
export class Workspace {
  readonly #original: string;
  readonly #folder: string;
  /** Texts of files that hold a mutant now. */
  readonly #mutated = new Map<string, string>();

  /**
   * @param original The project's folder.
   * @param folder Where copies and state are kept.
   */
  constructor(original: string, folder: string) {
    this.#original = original;
    this.#folder = folder;
  }

  /** The copy of the project. */
  get project(): string {
    return path.join(this.#folder, path.basename(this.#original));
  }

  /** The copy of the tool, as an installed package: its own code is none of the project's. */
  get tool(): string {
    return path.join(this.#folder, 'tool', 'node_modules', 'jest-testmon');
  }

  /** The tool's command. */
  get cli(): string {
    return path.join(this.tool, 'dist', 'cli.js');
  }

  /** A place for the output of Jest. */
  get output(): string {
    return path.join(this.#folder, 'output.json');
  }

  /** Makes the copy of the project if there is none, and puts back every source file that differs. */
  async prepareProject(): Promise<void> {
    if (!fs.existsSync(path.join(this.#folder, 'copied'))) await this.#copyProject();
    for (const file of this.#sourceFiles()) {
      const text = fs.readFileSync(path.join(this.#original, file), 'utf8');
      const copy = path.join(this.project, file);
      if (!fs.existsSync(copy) || fs.readFileSync(copy, 'utf8') !== text)
        fs.writeFileSync(copy, text);
    }
  }

  /**
   * Copies the tool's build.
   * @param home The tool's package.
   * @returns A hash of the build.
   */
  prepareTool(home: string): string {
    const built = path.join(home, 'dist');
    if (!fs.existsSync(path.join(built, 'cli.js'))) {
      throw new Error(`${built} holds no build of jest-testmon; run "npm run build" first.`);
    }
    fs.rmSync(this.tool, { recursive: true, force: true });
    fs.mkdirSync(this.tool, { recursive: true });
    fs.cpSync(built, path.join(this.tool, 'dist'), { recursive: true });
    fs.copyFileSync(path.join(home, 'package.json'), path.join(this.tool, 'package.json'));
    fs.symlinkSync(path.join(home, 'node_modules'), path.join(this.tool, 'node_modules'), 'dir');
    return hashOfFolder(path.join(this.tool, 'dist'));
  }

  /** Forgets what the tool recorded. */
  forgetRecords(): void {
    for (const name of fs.readdirSync(this.project)) {
      if (name.startsWith('.testmondata'))
        fs.rmSync(path.join(this.project, name), { recursive: true });
    }
  }

  /** Does something that may leave records, and puts the database back as it was. */
  async keepingRecords<T>(work: () => Promise<T>): Promise<T> {
    const database = path.join(this.project, '.testmondata');
    const kept = path.join(this.#folder, 'kept.testmondata');
    fs.copyFileSync(database, kept);
    try {
      return await work();
    } finally {
      fs.copyFileSync(kept, database);
    }
  }

  /**
   * The project's source files that could hold a mutant.
   * @param roots Absolute folders in the copy.
   * @param tests Relative paths that are tests.
   */
  sources(roots: readonly string[], tests: ReadonlySet<string>): Source[] {
    return this.#sourceFiles()
      .filter((file) => isSourceFile(file) && !tests.has(file))
      .filter((file) => roots.some((root) => isWithin(root, path.join(this.project, file))))
      .map((file) => ({ file, text: fs.readFileSync(path.join(this.project, file), 'utf8') }));
  }

  /** Writes a mutated text over a source file of the copy. */
  mutate({ file, text }: Source, mutated: string): void {
    this.#mutated.set(file, text);
    fs.writeFileSync(path.join(this.project, file), mutated);
  }

  /** Puts back every mutated file. Synchronous, so that it also works on the way out. */
  restore(): void {
    for (const [file, text] of this.#mutated) fs.writeFileSync(path.join(this.project, file), text);
    this.#mutated.clear();
  }

  /** The path relative to the project, with forward slashes. */
  relative(file: string): string {
    return path.relative(this.project, file).split(path.sep).join('/');
  }

  /** The commit of the project, or null where it is no repository. */
  commit(): string | null {
    try {
      return this.#git('rev-parse', '--short', 'HEAD').trim();
    } catch {
      return null;
    }
  }

  async #copyProject(): Promise<void> {
    fs.rmSync(this.project, { recursive: true, force: true });
    fs.mkdirSync(this.#folder, { recursive: true });
    const packages: string[] = [];
    await fs.promises.cp(this.#original, this.project, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => {
        const name = path.basename(file);
        if (name === 'node_modules') packages.push(path.relative(this.#original, file));
        return !/^(node_modules|\.git|\.testmondata.*|coverage)$/.test(name);
      },
    });
    for (const folder of packages) {
      linkTree(path.join(this.#original, folder), path.join(this.project, folder));
    }
    fs.writeFileSync(path.join(this.#folder, 'copied'), '');
  }

  #sourceFiles(): string[] {
    let listed: string[];
    try {
      listed = this.#git('ls-files', '-z', '--', '.').split('\0');
    } catch {
      listed = filesBelow(this.#original);
    }
    return listed
      .filter(
        (file) => /\.[cm]?[jt]sx?$/.test(file) && fs.existsSync(path.join(this.#original, file)),
      )
      .sort();
  }

  #git(...args: string[]): string {
    return execFileSync('git', args, {
      cwd: this.#original,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }
}

/**
 * Copies installed packages with their links among themselves, as a folder of hard links: fast, and unlike one link to
 * the whole folder it keeps workspace packages inside the copy. Nobody writes to an installed package.
 */
function linkTree(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  try {
    execFileSync('cp', ['-al', from, to], { stdio: 'ignore' });
  } catch {
    fs.rmSync(to, { recursive: true, force: true });
    fs.cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

function filesBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|[\\/])(node_modules|\.git)[\\/]/.test(file))
    .map((file) => file.split(path.sep).join('/'));
}

function isWithin(folder: string, file: string): boolean {
  return !path.relative(folder, file).startsWith('..');
}

function hashOfFolder(folder: string): string {
  const hash = createHash('sha1');
  for (const file of filesBelow(folder).sort()) {
    if (file.endsWith('.js')) hash.update(file).update(fs.readFileSync(path.join(folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
