import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const REPOSITORY = path.join(__dirname, '..', '..', '..');
const MODULES = path.join(REPOSITORY, 'node_modules');

/** Plug points that do nothing but pass on to what they wrap, and say so: these tests are about composing. */
const PASS_THROUGH: Record<string, string> = {
  environment: `
    const load = (file) => { const loaded = require(file); return loaded.default ?? loaded.TestEnvironment ?? loaded; };
    module.exports = class {
      constructor(config, context) {
        const { testmon, ...testEnvironmentOptions } = config.projectConfig.testEnvironmentOptions;
        const Environment = load(testmon.environment);
        return new Environment({ ...config, projectConfig: { ...config.projectConfig, testEnvironmentOptions } }, context);
      }
    };`,
  'test-runner': `
    module.exports = (globalConfig, config, ...rest) => {
      const loaded = require(config.testEnvironmentOptions.testmon.runner);
      return (loaded.default ?? loaded)(globalConfig, config, ...rest);
    };`,
  transform: `
    module.exports = {
      createTransformer({ testmon }) {
        if (testmon.path === null) return { process: (code) => ({ code }) };
        const loaded = require(testmon.path);
        const factory = loaded.default ?? loaded;
        const transformer = factory.createTransformer?.(testmon.options) ?? factory;
        const fix = (options) => ({ ...options, transformerConfig: testmon.options });
        return { process: (code, file, options) => transformer.process(code, file, fix(options)) };
      },
    };`,
  watch: `module.exports = class {};`,
  sequencer: `
    const { sequencer } = globalThis[Symbol.for('jest-testmon.composition')];
    const loaded = require(sequencer);
    module.exports = loaded.default ?? loaded;`,
  reporter: `
    module.exports = class { onRunComplete() { process.stderr.write('testmon reporter\\n'); } };`,
  'global-setup': `
    module.exports = async (...args) => {
      const { globalSetup } = globalThis[Symbol.for('jest-testmon.composition')];
      process.stderr.write('testmon global setup\\n');
      if (globalSetup === null) return;
      const loaded = require(globalSetup);
      await (loaded.default ?? loaded)(...args);
    };`,
};

/** Files by path relative to the project. */
export type Files = Record<string, unknown>;

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** What `--showConfig` prints. */
export interface ShownConfig {
  configs: Record<string, unknown>[];
  globalConfig: Record<string, unknown>;
}

const created: string[] = [];
let built: string | null = null;

/** The built package, with plug points that pass through. */
function packageFolder(): string {
  if (built !== null) return built;
  const folder = temporaryFolder();
  fs.cpSync(path.join(REPOSITORY, 'dist'), path.join(folder, 'dist'), { recursive: true });
  for (const [name, text] of Object.entries(PASS_THROUGH))
    write(folder, `dist/jest/${name}.js`, text);
  fs.copyFileSync(path.join(REPOSITORY, 'package.json'), path.join(folder, 'package.json'));
  fs.symlinkSync(MODULES, path.join(folder, 'node_modules'));
  built = folder;
  return folder;
}

/** A project on disk that has Jest installed. */
export class Project {
  readonly folder = temporaryFolder();

  /** @param jest The name of the package in our own node_modules: `jest` is version 30, `jest29` version 29. */
  constructor(files: Files, jest: 'jest' | 'jest29' = 'jest', packages: string[] = []) {
    this.link('jest', path.join(MODULES, jest));
    this.link('jest-testmon', packageFolder());
    for (const name of packages) this.link(name, path.join(MODULES, name));
    for (const [file, content] of Object.entries({ 'package.json': {}, ...files })) {
      this.write(file, content);
    }
  }

  /** A value that is no text is written as JSON. */
  write(file: string, content: unknown): void {
    write(this.folder, file, typeof content === 'string' ? content : JSON.stringify(content));
  }

  path(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  /** Runs the `jest-testmon` command. */
  testmon(args: string[] = [], options: RunOptions = {}): Outcome {
    return this.#run(path.join(packageFolder(), 'dist', 'cli.js'), args, options);
  }

  /** Runs Jest without us. */
  jest(args: string[] = [], options: RunOptions = {}): Outcome {
    return this.#run(this.path('node_modules/jest/bin/jest.js'), args, options);
  }

  /** The config that Jest ends up with, with or without us. */
  show(by: 'testmon' | 'jest', args: string[] = [], options: RunOptions = {}): ShownConfig {
    const { stdout, stderr } = this[by]([...args, '--showConfig'], options);
    try {
      return JSON.parse(stdout) as ShownConfig;
    } catch {
      throw new Error(`no config was shown:\n${stdout}\n${stderr}`);
    }
  }

  private link(name: string, target: string): void {
    const link = this.path('node_modules', name);
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.symlinkSync(target, link);
  }

  #run(script: string, args: string[], { env = {}, cwd = '.', node = [] }: RunOptions): Outcome {
    return spawnSync(process.execPath, [...node, script, ...args], {
      cwd: this.path(cwd),
      encoding: 'utf8',
      env: { ...cleanEnvironment(), ...env },
    });
  }
}

interface RunOptions {
  env?: Record<string, string>;
  /** Relative to the project. */
  cwd?: string;
  /** Arguments for Node. */
  node?: string[];
}

/** What every wrapped key is left out of, so that the rest can be compared with bare Jest's. */
export function withoutWrapped({ configs, globalConfig }: ShownConfig): ShownConfig {
  const global = omit(globalConfig, [
    ...['seed', 'passWithNoTests', 'testSequencer', 'globalSetup', 'reporters', 'projects'],
    'watchPlugins',
    ...['collectCoverage', 'coverageThreshold'],
  ]);
  return {
    configs: configs.map((config) => {
      const { testmon: _, ...options } = config['testEnvironmentOptions'] as Record<
        string,
        unknown
      >;
      return {
        ...omit(config, [
          ...['testEnvironment', 'testRunner', 'transform', 'globalSetup', 'reporters'],
          'collectCoverage',
        ]),
        testEnvironmentOptions: options,
      };
    }),
    globalConfig: global,
  };
}

function omit(record: Record<string, unknown>, keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

/** Removes everything that was made. */
export function removeProjects(): void {
  for (const folder of created.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
  built = null;
}

function temporaryFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'jest-testmon-project-')));
  created.push(folder);
  return folder;
}

function write(folder: string, file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
}

/** These tests run inside Jest themselves, perhaps in CI, perhaps under an agent. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^(TESTMON|JEST_|NODE_ENV$|NODE_OPTIONS$|CI$|GITHUB_ACTIONS$|AI_AGENT$|CLAUDE|CODEX|FORCE_COLOR$)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1' };
}
