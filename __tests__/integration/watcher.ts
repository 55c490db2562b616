import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ANSI, CLI, type Project } from './harness';

/**
 * Gives the process a keyboard: Jest listens to keys where standard input has a raw mode. It lies outside the project:
 * a file of the project that Node loads first would count among what shapes every result.
 */
const KEYBOARD = `
process.stdin.isTTY = true;
process.stdin.setRawMode = () => process.stdin;
`;

/** A watch plug-in of the project's own that tells when a run has ended; `config.key` is its key. */
const MARKER = `
module.exports = class {
  constructor({ config }) { this.key = config.key; }
  apply(hooks) { hooks.onTestRunComplete(() => console.error('run complete')); }
  getUsageInfo() { return this.key === undefined ? null : { key: this.key, prompt: 'do nothing' }; }
  run() { console.error('run complete'); return Promise.resolve(false); }
};
`;

/** What the project's config must name under `watchPlugins`. */
export const MARKER_FILE = '<rootDir>/marker.js';

/** What a watched project must contain. */
export const WATCHED_FILES = { 'marker.js': MARKER };

/** After so many milliseconds a run that should come never will. */
const PATIENCE = 60_000;

/** What one run under watch printed. */
export interface WatchedRun {
  /** The test files that ran, sorted. */
  ran: string[];
  failed: string[];
  /** The lines that testmon printed. */
  messages: string[];
  output: string;
}

/** A Jest that watches a project, with a keyboard. */
export class Watcher {
  readonly #child: ChildProcess;
  #output = '';
  #read = 0;

  /**
   * The command watches a project that has `WATCHED_FILES`, and names `MARKER_FILE`.
   * @param command Absolute path: ours, or Jest's own.
   */
  constructor(project: Project, args: readonly string[], command = CLI) {
    const keyboard = path.join(project.temporary, 'keyboard.js');
    fs.writeFileSync(keyboard, KEYBOARD);
    this.#child = spawn(process.execPath, ['-r', keyboard, command, ...args], {
      cwd: project.root,
      env: project.environment(),
      stdio: 'pipe',
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (data: Buffer) => (this.#output += data.toString().replace(ANSI, '')));
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Waits until the output since the last run holds a text. */
  async until(text: string): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!this.#output.slice(this.#read).includes(text)) {
      if (this.#child.exitCode !== null) throw new Error(`Jest has ended:\n${this.#output}`);
      if (Date.now() > deadline) throw new Error(`Still no "${text}":\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits for the end of the next run. */
  async run(): Promise<WatchedRun> {
    const end = 'run complete\n';
    await this.until(end);
    const from = this.#read;
    this.#read = this.#output.indexOf(end, from) + end.length;
    const output = this.#output.slice(from, this.#read);
    const files = (status: string) =>
      [...output.matchAll(new RegExp(`^(?:${status}) (\\S+\\.[jt]s)`, 'gm'))].map(
        ([, file]) => file ?? '',
      );
    return {
      ran: [...new Set(files('PASS|FAIL'))].sort(),
      failed: files('FAIL').sort(),
      messages: [...output.matchAll(/testmon: (.*)$/gm)].map(([, message]) => message ?? ''),
      output,
    };
  }

  /** Presses the key that quits, and waits. */
  async quit(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.#child.on('close', resolve));
    this.press('q');
    return ended;
  }

  /** For a test that failed on its way. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
