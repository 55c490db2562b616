import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { measure } from '../support/measure';

/** What one test file did: its own outcome, and that of each test that ran. */
export interface FileOutcome {
  failed: boolean;
  tests: Map<string, 'passed' | 'failed'>;
  message: string;
}

/** What one run took and showed. */
export interface Run {
  /** Null where Jest did not come to a result. */
  files: Map<string, FileOutcome> | null;
  /** User and system seconds of all processes. */
  cpu: number;
  wall: number;
  exitCode: number | null;
  said: string;
}

/** A way to run the tests: bare, or the tool in one granularity; each with a cache of its own. */
export class Runner {
  readonly #project: string;
  readonly #work: string;
  readonly #jestArguments: readonly string[];
  /** The tool's command and its arguments; null for bare Jest. */
  readonly #tool: { cli: string; granularity: string } | null;

  constructor(
    project: string,
    work: string,
    jestArguments: readonly string[],
    tool: { cli: string; granularity: string } | null,
  ) {
    this.#project = project;
    this.#work = work;
    this.#jestArguments = jestArguments;
    this.#tool = tool;
    fs.mkdirSync(work, { recursive: true });
  }

  /** @param only Test files to run, relative to the project; all where left out. */
  run(only?: readonly string[]): Run {
    const output = path.join(this.#work, 'output.json');
    fs.rmSync(output, { force: true });
    const script =
      this.#tool?.cli ??
      createRequire(path.join(this.#project, 'package.json')).resolve('jest/bin/jest');
    const {
      wall,
      user,
      system,
      exitCode,
      output: said,
    } = measure(
      process.execPath,
      [
        script,
        ...(this.#tool === null ? [] : [`--testmon-granularity=${this.#tool.granularity}`]),
        '--ci',
        '--silent',
        '--coverage=false',
        `--cacheDirectory=${path.join(this.#work, 'cache')}`,
        '--json',
        `--outputFile=${output}`,
        ...this.#jestArguments,
        ...(only === undefined ? [] : ['--runTestsByPath', ...only]),
      ],
      this.#project,
      { CI: 'true', TESTMON_DATAFILE: path.join(this.#work, 'testmondata') },
    );
    return { files: this.#read(output), cpu: user + system, wall, exitCode, said };
  }

  #read(output: string): Map<string, FileOutcome> | null {
    let report: {
      testResults: {
        name: string;
        status: string;
        message: string;
        assertionResults: { fullName: string; status: string }[];
      }[];
    };
    try {
      report = JSON.parse(fs.readFileSync(output, 'utf8')) as typeof report;
    } catch {
      return null;
    }
    const files = new Map<string, FileOutcome>();
    for (const { name, status, message, assertionResults } of report.testResults) {
      const file = path.relative(this.#project, name);
      // A test file that two projects run has failed where either failed.
      const earlier = files.get(file);
      const tests = earlier?.tests ?? new Map<string, 'passed' | 'failed'>();
      for (const test of assertionResults) {
        if (test.status === 'failed' || (test.status === 'passed' && !tests.has(test.fullName)))
          tests.set(test.fullName, test.status);
      }
      files.set(file, {
        failed: status === 'failed' || earlier?.failed === true,
        tests,
        message: (earlier?.message ?? '') + stripVTControlCharacters(message),
      });
    }
    return files;
  }
}
