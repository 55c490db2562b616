import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { contentHash } from '../dependencies/files/content';
import { fromStored } from '../dependencies/files/paths';
import { uniqueName } from '../machine/atomic-write';
import { gitCommand, UNCONVERTED } from './git-command';
import { swallowed } from '../terminal/debug';

/** The longest time to wait for git. After that, every file is examined as if there were no git. */
const GIT_TIMEOUT_MS = 10_000;

/** The number of files that git reports as unchanged and that are read all the same, as a check. */
const SAMPLE_FILES = 8;

/** Options that print the names of changed files only. Without a patch, git needs no external diff program. */
const NAMES_ALONE = [
  '-z',
  '--name-only',
  '--relative',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=all',
];

/**
 * The beginning of an entry of `git ls-files -v -s` for a file that git compares as usual, so it is neither "assume
 * unchanged" nor skipped.
 */
const COMPARED = ['H 100644 ', 'H 100755 '];

/** Follows the 40 digits of the hash if the file has no merge conflict. */
const MERGED = ' 0\t';

/**
 * Asks git which files below a folder are unchanged since git stored them, so that they need not be examined one by
 * one. It reports only regular files without a filter or a conversion of line endings. Without git it reports none.
 *
 * Git runs in the background from the start, while the main process loads other modules.
 */
export class GitFiles {
  readonly #root: string;
  readonly #answers: Promise<[string, string, string] | null>;

  private constructor(root: string, answers: Promise<[string, string, string] | null>) {
    this.#root = root;
    this.#answers = answers;
  }

  /**
   * Starts git.
   * @param root Absolute real path of a folder. All names are relative to it.
   */
  static ask(root: string): GitFiles {
    // Git for Windows compares only times and sizes, and converts line endings by default.
    if (process.platform === 'win32') return new GitFiles(root, Promise.resolve(null));
    const answers = Promise.all([
      run(root, ['ls-files', '-v', '-s', '-z', '--', UNCONVERTED]),
      run(root, ['diff-files', ...NAMES_ALONE, '--', UNCONVERTED]),
      run(root, ['config', '-z', '--list']),
    ]);
    // There is no git or no repository. Then files are examined one by one.
    return new GitFiles(
      root,
      answers.catch(() => null),
    );
  }

  /** Returns the unchanged files: the stored path and the git blob hash in hex. */
  async unchanged(): Promise<Map<string, string>> {
    const answers = await this.#answers;
    if (answers === null) return new Map();
    const [index, changed, config] = answers;
    if (convertsLineEndings(config)) return new Map();
    const files = parseIndex(index);
    const differing = changed.split('\0');
    // The attributes of a folder may be in an object that a partial clone lacks and that we do not fetch.
    if (isPartialClone(config) && differing.some((name) => ATTRIBUTES.test(name))) return new Map();
    for (const name of differing) files.delete(name);
    return this.#isTruthful(files) ? files : new Map();
  }

  /**
   * Checks git's answer on some files. Git may be wrong if its settings were different when it last examined the
   * working tree.
   */
  #isTruthful(files: ReadonlyMap<string, string>): boolean {
    const step = Math.max(1, Math.floor(files.size / SAMPLE_FILES));
    let nth = 0;
    for (const [name, hash] of files) {
      nth += 1;
      if (nth % step !== 0) continue;
      try {
        if (contentHash(fs.readFileSync(fromStored(this.#root, name))) !== hash) return false;
      } catch (error) {
        swallowed('workspace', error, `checking what git says of ${name}; git is not believed`);
        return false;
      }
    }
    return true;
  }
}

function parseIndex(listing: string): Map<string, string> {
  const files = new Map<string, string>();
  // There are tens of thousands of entries. A regular expression, or a substring per entry, takes three times as
  // long.
  let at = 0;
  for (let end: number; (end = listing.indexOf('\0', at)) >= 0; at = end + 1) {
    if (!listing.startsWith(MERGED, at + 49)) continue;
    if (!COMPARED.some((start) => listing.startsWith(start, at))) continue;
    const name = listing.slice(at + 52, end);
    // A name with invalid UTF-8 could be confused with another one.
    if (!name.includes('\ufffd')) files.set(name, listing.slice(at + 9, at + 49));
  }
  return files;
}

const ATTRIBUTES = /(?:^|\/)\.gitattributes$/;

function isPartialClone(config: string): boolean {
  return /(?:^|\0)(?:extensions\.partialclone|remote\.[^\0\n]*\.promisor)(?:\n|\0|$)/i.test(config);
}

/** Whether line endings may be converted without an attribute. Source: git-config(1), `core.autocrlf`. */
function convertsLineEndings(config: string): boolean {
  return config.split('\0').some((entry) => {
    const [name, value = 'true'] = entry.split('\n');
    return name === 'core.autocrlf' && !/^(?:false|no|off|0|)$/i.test(value);
  });
}

/**
 * Runs a git command. Its output goes to a file, because a pipe would fill up while this process is busy, and git
 * would wait.
 * @returns The output.
 * @throws {Error} If git is missing, fails, or takes too long.
 */
async function run(folder: string, args: readonly string[]): Promise<string> {
  const file = path.join(os.tmpdir(), `jest-testmon-git-${args[0] ?? ''}-${uniqueName()}`);
  const output = fs.openSync(file, 'wx+', 0o600);
  try {
    fs.rmSync(file);
    const code = await new Promise((resolve, reject) => {
      const command = gitCommand(args);
      const child = spawn('git', command.args, {
        cwd: folder,
        env: command.env,
        stdio: ['ignore', output, 'ignore'],
      });
      lowerPriority(child.pid);
      // Not the option `timeout` of `spawn`: its timer keeps running if the program does not exist.
      const timer = setTimeout(() => child.kill('SIGKILL'), GIT_TIMEOUT_MS);
      child.once('error', reject).once('close', resolve);
      for (const end of ['error', 'close']) child.once(end, () => clearTimeout(timer));
    });
    if (code !== 0) throw new Error(`git ${args[0] ?? ''} ended with ${String(code)}`);
    return readWhole(output);
  } finally {
    fs.closeSync(output);
  }
}

/**
 * Git then gets about a third of this process's share of the CPU. A lower priority could delay git for long on a busy
 * machine.
 */
const LOW_PRIORITY = 5;

/** Lowers the priority of git, so that it does not compete with selection for the CPU. */
function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) os.setPriority(pid, LOW_PRIORITY);
  } catch {
    // Git has ended already, or its priority cannot be changed.
  }
}

/** Reads from the beginning: the child moved the file position, because it wrote through the same open file. */
function readWhole(file: number): string {
  const bytes = Buffer.alloc(fs.fstatSync(file).size);
  let length = 0;
  while (length < bytes.length) {
    const read = fs.readSync(file, bytes, length, bytes.length - length, length);
    if (read === 0) break;
    length += read;
  }
  return bytes.toString('utf8', 0, length);
}
