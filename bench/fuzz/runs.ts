import * as fs from 'node:fs';
import * as path from 'node:path';
import { runNode, type Ended } from '../mutation/process';
import type { Features } from './model';
import type { Tree } from './tree';

const REPOSITORY = path.resolve(__dirname, '../..');
const MINUTES = 60_000;

/** Names of packages by the name in this repository that they are linked from. */
const PACKAGES = {
  jest: '',
  'babel-jest': 'babel-jest',
  '@babel/core': '@babel/core',
  '@babel/preset-env': '@babel/preset-env',
  '@swc/jest': '@swc/jest',
  '@swc/core': '@swc/core',
  'ts-jest': 'ts-jest',
  typescript: 'typescript',
};

/** What a test file did. */
export interface Outcome {
  failed: boolean;
  /** What it observed where that was not what it expected; null where it failed otherwise. */
  observed: string | null;
  message: string;
}

export type Outcomes = Map<string, Outcome>;

/** How a run of the tool ended. */
export interface ToolRun {
  ended: Ended;
  outcomes: Outcomes | null;
}

/** Runs Jest in a generated project, bare and through the tool. */
export class Runs {
  readonly #tree: Tree;
  readonly #features: Features;
  readonly #cli: string;

  constructor(tree: Tree, features: Features, dist: string) {
    this.#tree = tree;
    this.#features = features;
    this.#cli = path.join(dist, 'cli.js');
    const jest = features.jest === '30' ? 'jest' : 'jest29';
    for (const [name, target] of Object.entries({ ...PACKAGES, jest })) {
      const place = path.join(tree.root, 'node_modules', name);
      fs.mkdirSync(path.dirname(place), { recursive: true });
      fs.symlinkSync(path.join(REPOSITORY, 'node_modules', target), place, 'dir');
    }
  }

  /**
   * Jest alone, with nothing kept from earlier runs; null where it did not run.
   * @param testFiles Those to run, relative to the root; all where it is left out.
   */
  async bare(
    variables: NodeJS.ProcessEnv,
    testFiles?: readonly string[],
  ): Promise<Outcomes | null> {
    const cache = path.join(this.#tree.base, 'bare-cache');
    fs.rmSync(cache, { recursive: true, force: true });
    const jest = path.join(this.#tree.root, 'node_modules/jest/bin/jest.js');
    const { outcomes } = await this.#reported(
      jest,
      [
        '-i',
        '--no-cache',
        `--cacheDirectory=${cache}`,
        ...(testFiles === undefined ? [] : ['--runTestsByPath', ...testFiles]),
      ],
      variables,
    );
    return outcomes;
  }

  /** The tool on what it selects. */
  async tool(variables: NodeJS.ProcessEnv): Promise<ToolRun> {
    return this.#reported(this.#cli, this.#toolArguments(), variables);
  }

  /** The test files that the tool would run. */
  async select(variables: NodeJS.ProcessEnv): Promise<{ selected: Set<string>; ended: Ended }> {
    const ended = await this.#node(this.#cli, ['--listTests', ...this.#toolArguments()], variables);
    const lines = ended.stdout.split('\n').filter((line) => path.isAbsolute(line));
    return { selected: new Set(lines.map((line) => this.#relative(line.trim()))), ended };
  }

  #toolArguments(): string[] {
    const cache = `--cacheDirectory=${path.join(this.#tree.base, 'cache')}`;
    return this.#features.workers === 1 ? ['-i', cache] : ['--maxWorkers=2', cache];
  }

  async #reported(
    script: string,
    args: readonly string[],
    variables: NodeJS.ProcessEnv,
  ): Promise<ToolRun> {
    const output = path.join(this.#tree.base, 'output.json');
    fs.rmSync(output, { force: true });
    const ended = await this.#node(
      script,
      [...args, '--ci', '--silent', '--json', `--outputFile=${output}`],
      variables,
    );
    return { ended, outcomes: this.#read(output) };
  }

  #node(script: string, args: readonly string[], variables: NodeJS.ProcessEnv): Promise<Ended> {
    return runNode(script, args, {
      cwd: this.#tree.root,
      timeout: 15 * MINUTES,
      env: {
        TMPDIR: this.#tree.temporary,
        ...(this.#features.modules && { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' }),
        ...variables,
      },
    });
  }

  #read(output: string): Outcomes | null {
    let report: { testResults: { name: string; status: string; message: string }[] };
    try {
      report = JSON.parse(fs.readFileSync(output, 'utf8')) as typeof report;
    } catch {
      return null;
    }
    return new Map(
      report.testResults.map(({ name, status, message }) => {
        const found = /FUZZ:([A-Za-z0-9+/=]*):/.exec(message)?.[1];
        const observed = found === undefined ? null : Buffer.from(found, 'base64').toString();
        return [this.#relative(name), { failed: status === 'failed', observed, message }];
      }),
    );
  }

  #relative(file: string): string {
    return path.relative(this.#tree.root, file);
  }
}
