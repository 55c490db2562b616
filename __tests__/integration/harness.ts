import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const REPOSITORY = path.resolve(__dirname, '../..');
/** The built command under test; another build can be named to compare. */
const DIST = path.join(REPOSITORY, process.env.TESTMON_DIST ?? 'dist');
export const CLI = path.join(DIST, 'cli.js');
/** What `require('jest-testmon')` is in a project that has it installed, for configs that use `withTestmon`. */
export const ENTRY = path.join(DIST, 'index.js');

/** What runs keep of this machine and user, apart from what the developer's own do. */
const MACHINE = {
  XDG_STATE_HOME: path.join(REPOSITORY, 'node_modules/.cache/testmon-tests/state'),
  XDG_CACHE_HOME: path.join(REPOSITORY, 'node_modules/.cache/testmon-tests/cache'),
};

/** Files of a project by relative path; null removes one. */
export type Files = Record<string, string | null>;

/** How one run of Jest ended. */
export interface RunResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** The test files that ran, sorted. */
  ran: string[];
  passed: string[];
  failed: string[];
  /** The lines that testmon printed. */
  messages: string[];
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** Runs plain `jest` in place of `jest-testmon`. */
  plain?: boolean;
  /** The command to run, where it is another than the built one. */
  cli?: string;
  cwd?: string;
  /** The user, and group, that runs it; only root may choose. */
  uid?: number;
  /** Permissions of files count, also where root runs the tests; see `canHeedPermissions`. */
  heedsPermissions?: boolean;
}

const isRoot = process.getuid?.() === 0;

/** Runs a command as root without the right to read and write whatever it likes. */
const BOUND = ['--bounding-set=-dac_override,-dac_read_search'];

/** Whether a run can be made to heed permissions. Windows knows none of the kind. */
export function canHeedPermissions(): boolean {
  if (process.platform === 'win32') return false;
  return !isRoot || spawnSync('setpriv', [...BOUND, 'true']).status === 0;
}

/**
 * Makes the folder of a project. Its name ends in digits: letters drawn at random might match
 * the pattern that a test gives to Jest, such as `t0`.
 */
function temporaryFolder(): string {
  const folder = path.join(fs.realpathSync(os.tmpdir()), `testmon-fixture-${randomInt(2 ** 47)}`);
  fs.mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/** A project in a temporary folder, with the packages of this repository linked into it. */
export class Project {
  readonly root: string;
  /** The run's own temporary folder: what stays in it was left behind. */
  readonly temporary: string;
  readonly #copies: Project[] = [];

  constructor(files: Files, packages: Record<string, string> | readonly string[] = ['jest']) {
    const base = temporaryFolder();
    this.root = path.join(base, 'project');
    this.temporary = path.join(base, 'tmp');
    fs.mkdirSync(this.root);
    fs.mkdirSync(this.temporary);
    this.write({ 'package.json': '{"name":"fixture","private":true}', ...files });
    const links = Array.isArray(packages)
      ? Object.fromEntries(packages.map((name: string) => [name, name]))
      : packages;
    for (const [name, target] of Object.entries(links as Record<string, string>))
      this.link(name, target);
  }

  /** Links an installed package of this repository, perhaps under another name. */
  link(name: string, target: string): void {
    const place = path.join(this.root, 'node_modules', name);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.symlinkSync(path.join(REPOSITORY, 'node_modules', target), place, 'dir');
  }

  /**
   * Installs a copy of the package, with the packages that it needs linked beside it.
   * @returns Its command.
   */
  install(): string {
    const { dependencies, optionalDependencies } = JSON.parse(
      fs.readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'),
    ) as Record<'dependencies' | 'optionalDependencies', Record<string, string>>;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
      this.link(name, name);
    const place = this.path('node_modules/jest-testmon');
    fs.cpSync(DIST, path.join(place, 'dist'), { recursive: true });
    fs.cpSync(path.join(REPOSITORY, 'package.json'), path.join(place, 'package.json'));
    return path.join(place, 'dist/cli.js');
  }

  /** Writes, changes or removes files. */
  write(files: Files): void {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.root, name);
      if (content === null) {
        fs.rmSync(file, { recursive: true, force: true });
        continue;
      }
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
    }
  }

  /** Replaces text in a file; fails where it is not there. */
  edit(name: string, from: string, to: string): void {
    const before = this.read(name);
    if (!before.includes(from)) throw new Error(`${name} does not contain ${from}`);
    this.write({ [name]: before.replace(from, () => to) });
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.root, name), 'utf8');
  }

  path(name: string): string {
    return path.join(this.root, name);
  }

  /** Runs `jest-testmon` with the arguments, or plain Jest. */
  run(args: readonly string[] = [], options: RunOptions = {}): RunResult {
    const command = this.#command(args, options);
    const [program, rest] =
      options.heedsPermissions === true && isRoot
        ? ['setpriv', [...BOUND, process.execPath, ...command]]
        : [process.execPath, command];
    const result = spawnSync(program, rest, {
      cwd: options.cwd ?? this.root,
      env: this.environment(options),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    return parse(result.status, result.stdout, result.stderr, this.root);
  }

  /** As `run`, without waiting; `pid` leads a process group of its own. */
  start(
    args: readonly string[] = [],
    options: RunOptions = {},
  ): { pid: number; done: Promise<RunResult> } {
    const child = spawn(process.execPath, this.#command(args, options), {
      cwd: options.cwd ?? this.root,
      env: this.environment(options),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const done = new Promise<RunResult>((resolve) =>
      child.on('close', (code) => resolve(parse(code, stdout, stderr, this.root))),
    );
    return { pid: child.pid ?? 0, done };
  }

  /** What is left in the temporary folder that is ours. */
  leftovers(): string[] {
    return fs.readdirSync(this.temporary).filter((name) => name.startsWith('jest-testmon'));
  }

  /** A copy in a folder of its own, records and what lies beside the project included, the temporary folder not. */
  copy(): Project {
    const copied = new Project({}, []);
    fs.cpSync(path.dirname(this.root), path.dirname(copied.root), {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      filter: (file) => file !== this.temporary,
    });
    return copied;
  }

  /** The same, but it is removed together with this project. */
  fresh(): Project {
    const copied = this.copy();
    this.#copies.push(copied);
    return copied;
  }

  remove(): void {
    for (const copied of this.#copies) copied.remove();
    fs.rmSync(path.dirname(this.root), { recursive: true, force: true });
  }

  #command(args: readonly string[], { plain, cli = CLI }: RunOptions): string[] {
    return [plain === true ? path.join(this.root, 'node_modules/jest/bin/jest.js') : cli, ...args];
  }

  /** The variables that a run gets: none that this process has from a Jest or a testmon of its own. */
  environment({ env }: RunOptions = {}): NodeJS.ProcessEnv {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) =>
          !/^(TESTMON|JEST_|NODE_ENV$|FORCE_COLOR$|CI$|GITHUB_ACTIONS$|GITHUB_STEP_SUMMARY$|NODE_OPTIONS$)/.test(
            name,
          ),
      ),
    );
    return { ...inherited, ...MACHINE, TMPDIR: this.temporary, NO_COLOR: '1', ...env };
  }
}

export const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

function parse(
  exitCode: number | null,
  stdout: string,
  rawStderr: string,
  _root: string,
): RunResult {
  const stderr = rawStderr.replace(ANSI, '');
  const results = [
    ...stderr.matchAll(/^(PASS|FAIL) (?:(\S+) )?(\S+\.[cm]?[jt]sx?)(?: \([\d.]+ m?s\))?$/gm),
  ];
  const named = (status?: string) =>
    [
      ...new Set(
        results
          .filter(([, found]) => status === undefined || found === status)
          .map(([, , project, file]) =>
            project === undefined ? String(file) : `${project} ${file}`,
          ),
      ),
    ].sort();
  return {
    exitCode,
    stdout,
    stderr,
    ran: named(),
    passed: named('PASS'),
    failed: named('FAIL'),
    messages: [...stderr.matchAll(/^testmon: (.*)$/gm)].map(([, message]) => message ?? ''),
  };
}
