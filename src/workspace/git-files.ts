import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { contentHash } from '../dependencies/files/content';
import { fromStored } from '../dependencies/files/paths';
import { uniqueName } from '../machine/atomic-write';
import { gitCommand, UNCONVERTED } from './git-command';
import { swallowed } from '../terminal/debug';

/** How long git may take, in milliseconds; after that every file is looked at as if there were no git. */
const GIT_TIMEOUT_MS = 10_000;

/** How many of the files that git vouches for are read all the same. */
const SAMPLE_FILES = 8;

/** The names of what differs: no patch, so that no program that would show one is asked for it. */
const NAMES_ALONE = [
  '-z',
  '--name-only',
  '--relative',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=all',
];

/** How `git ls-files -v -s` begins for a file that git compares as usual: not assumed unchanged, not skipped. */
const COMPARED = ['H 100644 ', 'H 100755 '];

/** What stands after the 40 digits of its hash: no conflict. */
const MERGED = ' 0\t';

/**
 * Asks git which files below a folder are as it stored them, so that nobody has to look at each of them again. It
 * only ever vouches for regular files that no filter or line ending conversion applies to; about all others, and
 * where there is no git, it says nothing.
 *
 * Git runs at the side from the start, so that what is loaded meanwhile costs no time.
 */
export class GitFiles {
  readonly #root: string;
  readonly #answers: Promise<[string, string, string] | null>;

  private constructor(root: string, answers: Promise<[string, string, string] | null>) {
    this.#root = root;
    this.#answers = answers;
  }

  /** @param root Absolute, real path of the folder asked about; names are relative to it. */
  static ask(root: string): GitFiles {
    // Git for Windows compares times and sizes alone, and converts line endings by default.
    if (process.platform === 'win32') return new GitFiles(root, Promise.resolve(null));
    const answers = Promise.all([
      run(root, ['ls-files', '-v', '-s', '-z', '--', UNCONVERTED]),
      run(root, ['diff-files', ...NAMES_ALONE, '--', UNCONVERTED]),
      run(root, ['config', '-z', '--list']),
    ]);
    // No git, or no repository: then files are looked at one by one.
    return new GitFiles(
      root,
      answers.catch(() => null),
    );
  }

  /** The blob hash, in hex, of every file that is in the working tree as git stored it; by stored path. */
  async unchanged(): Promise<Map<string, string>> {
    const answers = await this.#answers;
    if (answers === null) return new Map();
    const [index, changed, config] = answers;
    if (converts(config)) return new Map();
    const files = indexed(index);
    const differing = changed.split('\0');
    // What is set for a folder may stand in an object that a partial clone has not got, and we do not ask for it.
    if (isPartialClone(config) && differing.some((name) => ATTRIBUTES.test(name))) return new Map();
    for (const name of differing) files.delete(name);
    return this.#isTruthful(files) ? files : new Map();
  }

  /** The settings may have been others when git looked last, so some files are read to see whether it is right. */
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

function indexed(listing: string): Map<string, string> {
  const files = new Map<string, string>();
  // There are tens of thousands: an expression takes three times as long, and so does a text of each entry.
  let at = 0;
  for (let end: number; (end = listing.indexOf('\0', at)) >= 0; at = end + 1) {
    if (!listing.startsWith(MERGED, at + 49)) continue;
    if (!COMPARED.some((start) => listing.startsWith(start, at))) continue;
    const name = listing.slice(at + 52, end);
    // A name that is no UTF-8 could be mistaken for another.
    if (!name.includes('\ufffd')) files.set(name, listing.slice(at + 9, at + 49));
  }
  return files;
}

const ATTRIBUTES = /(?:^|\/)\.gitattributes$/;

function isPartialClone(config: string): boolean {
  return /(?:^|\0)(?:extensions\.partialclone|remote\.[^\0\n]*\.promisor)(?:\n|\0|$)/i.test(config);
}

/** Whether line endings may be converted without an attribute. Source: git-config(1), `core.autocrlf`. */
function converts(config: string): boolean {
  return config.split('\0').some((entry) => {
    const [name, value = 'true'] = entry.split('\n');
    return name === 'core.autocrlf' && !/^(?:false|no|off|0|)$/i.test(value);
  });
}

/**
 * The output of a git command. It goes through a file: a pipe would be full while we are busy, and git would wait.
 * @throws Where git is missing, fails, or takes too long.
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
      yieldTo(child.pid);
      // Not the option of that name: its timer goes on where the program is missing.
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

/** A third of the time that we get: what else runs on a busy machine must not keep git waiting for long. */
const LOW_PRIORITY = 5;

/** Lowers the priority of git: its stat threads would compete with selection for the processors. */
function yieldTo(pid: number | undefined): void {
  try {
    if (pid !== undefined) os.setPriority(pid, LOW_PRIORITY);
  } catch {
    // It has ended, or may not be slowed.
  }
}

/** From its start: the child wrote through the same open file. */
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
