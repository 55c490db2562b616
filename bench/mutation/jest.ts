import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runNode, type Ended } from './process';
import { WHOLE_FILE, type TestFileResult } from './results';
import type { Workspace } from './workspace';

/** What one run showed, by test file; null where it crashed or its time was up. */
export type RunResult = Map<string, TestFileResult> | null;

/** Jest's own report, as far as it is read here. */
interface JestReport {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[];
  }[];
}

/** How the project's Jest is called. */
export interface JestOptions {
  /** The user's arguments, handed to Jest in every call. */
  jestArgs: readonly string[];
  granularity: 'file' | 'test';
  workers: number;
  /** Milliseconds that one run may take. */
  timeout: number;
}

/** Switches off ts-jest's type checker, whatever its transformer options say. */
const WITHOUT_TYPES = ['--globals', JSON.stringify({ 'ts-jest': { diagnostics: false } })];

/** Calls the project's Jest in the workspace, bare and through the tool. */
export class JestRunner {
  readonly #workspace: Workspace;
  readonly #options: JestOptions;
  readonly #bin: string;
  /** Jest's version. */
  readonly version: string;

  constructor(workspace: Workspace, options: JestOptions) {
    this.#workspace = workspace;
    this.#options = { ...options };
    const require = createRequire(path.join(workspace.project, 'package.json'));
    const manifest = require.resolve('jest/package.json');
    const { version, bin } = require(manifest) as {
      version: string;
      bin: string | { jest: string };
    };
    this.version = version;
    this.#bin = path.resolve(path.dirname(manifest), typeof bin === 'string' ? bin : bin.jest);
  }

  set timeout(milliseconds: number) {
    this.#options.timeout = milliseconds;
  }

  /** The folders Jest looks for modules in, of every project. */
  async roots(): Promise<string[]> {
    const { stdout } = succeeded(await this.#bare(['--showConfig']));
    const { configs } = JSON.parse(stdout) as { configs: { roots: string[] }[] };
    return [...new Set(configs.flatMap(({ roots }) => roots))];
  }

  /** All test files. */
  async listTests(): Promise<string[]> {
    return this.#listed(succeeded(await this.#bare(['--listTests'])));
  }

  /** The test files that Jest relates to a file by its imports. */
  async findRelatedTests(file: string): Promise<string[]> {
    const args = ['--listTests', '--findRelatedTests', path.join(this.#workspace.project, file)];
    return this.#listed(succeeded(await this.#bare(args)));
  }

  /** The test files that the tool would run now, and what it has to say. */
  async select(): Promise<{ tests: string[]; said: string[] }> {
    const ended = succeeded(await this.#tool(['--listTests']));
    const said = ended.stderr.split('\n').filter((line) => line.startsWith('testmon'));
    return { tests: this.#listed(ended), said };
  }

  /** A run that records, with as many workers as Jest chooses. */
  async record(): Promise<Ended> {
    const ended = await this.#tool(['--ci', '--silent']);
    if (ended.timedOut || ended.code === null)
      throw new Error(`The recording run did not end:\n${ended.stderr}`);
    return ended;
  }

  /** Runs the tool's selection. It records, as it selects less precisely where it does not. */
  async runSelected(): Promise<RunResult> {
    return this.#reported((output) =>
      this.#tool(['--ci', '--silent', '--json', `--outputFile=${output}`]),
    );
  }

  /** Runs Jest without the tool on some test files, or on all. */
  async run(
    testFiles?: readonly string[],
    types: 'checked' | 'unchecked' = 'checked',
  ): Promise<RunResult> {
    const { workers } = this.#options;
    return this.#reported((output) => {
      const named = testFiles?.map((file) => path.join(this.#workspace.project, file)) ?? [];
      return this.#bare([
        '--ci',
        '--silent',
        '--coverage=false',
        ...(workers === 1 ? ['--runInBand'] : [`--maxWorkers=${workers}`]),
        ...(types === 'unchecked' ? WITHOUT_TYPES : []),
        '--json',
        `--outputFile=${output}`,
        ...(testFiles === undefined ? [] : ['--runTestsByPath', ...named]),
      ]);
    });
  }

  #bare(args: readonly string[]): Promise<Ended> {
    return this.#node(this.#bin, args);
  }

  #tool(args: readonly string[]): Promise<Ended> {
    const granularity = `--testmon-granularity=${this.#options.granularity}`;
    return this.#node(this.#workspace.cli, [granularity, ...args]);
  }

  #node(script: string, args: readonly string[]): Promise<Ended> {
    const { jestArgs, timeout } = this.#options;
    return runNode(script, [...jestArgs, ...args], { cwd: this.#workspace.project, timeout });
  }

  #listed({ stdout }: Ended): string[] {
    const lines = stdout.split('\n').map((line) => line.trim());
    const files = lines
      .filter((line) => path.isAbsolute(line))
      .map((file) => this.#workspace.relative(file));
    return [...new Set(files)].sort();
  }

  async #reported(run: (output: string) => Promise<Ended>): Promise<RunResult> {
    const { output } = this.#workspace;
    fs.rmSync(output, { force: true });
    await run(output);
    let report: JestReport;
    try {
      report = JSON.parse(fs.readFileSync(output, 'utf8')) as JestReport;
    } catch {
      return null;
    }
    return this.#read(report);
  }

  #read({ testResults }: JestReport): Map<string, TestFileResult> {
    const results = new Map<string, TestFileResult>();
    for (const { name, status, message, assertionResults } of testResults) {
      const file = this.#workspace.relative(name);
      const failing = assertionResults.filter((test) => test.status === 'failed');
      const failures = failing.map(({ fullName }) => fullName);
      const failed = status === 'failed';
      // A file that two projects run has failed when either failed.
      const earlier = results.get(file);
      results.set(file, {
        failed: failed || earlier?.failed === true,
        failures: [
          ...(earlier?.failures ?? []),
          ...(failed && failures.length === 0 ? [WHOLE_FILE] : failures),
        ],
        ran: [
          ...(earlier?.ran ?? []),
          ...assertionResults
            .filter((test) => test.status === 'passed' || test.status === 'failed')
            .map(({ fullName }) => fullName),
        ],
        message: (earlier?.message ?? '') + stripVTControlCharacters(message),
      });
    }
    return results;
  }
}

function succeeded(ended: Ended): Ended {
  if (ended.code === 0) return ended;
  const how = ended.timedOut ? 'did not end in time' : `failed with code ${ended.code}`;
  throw new Error(`Jest ${how}:\n${ended.stderr}${ended.stdout}`);
}
