import { createRequire } from 'node:module';
import type { EnvironmentContext, JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { importFile } from '../run/import-file';
import { isWellKnown } from './inputs/tool-code';
import { toolInputs } from './inputs/tool-inputs';

type EnvironmentClass = new (
  config: JestEnvironmentConfig,
  context: EnvironmentContext,
) => JestEnvironment;

/** The user's test environments that this process has loaded. Jest loads each plug point anew for each test file. */
class UserEnvironments {
  /** By path: the class, or the error that loading it threw. */
  readonly #loaded = new Map<string, { Environment: EnvironmentClass } | { error: unknown }>();
  /** The environment of the project whose transformers Jest loaded last. Jest loads these first for each test file. */
  #expected: string | null = null;

  /** Announces the environment of the next test file. An ES module is imported now, because later code cannot wait. */
  async expect(path: string | null | undefined): Promise<void> {
    this.#expected = path ?? null;
    if (path == null || this.#loaded.has(path) || !path.endsWith('.mjs')) return;
    this.#loaded.set(path, { Environment: await importClass(path) });
  }

  /** Requires the expected environment while Jest transpiles required files. */
  loadWhileTranspiling(): void {
    const expected = this.#expected;
    if (expected === null || this.#loaded.has(expected) || isWellKnown(expected)) return;
    try {
      this.#loaded.set(expected, { Environment: requireClass(expected) });
    } catch (error) {
      this.#loaded.set(expected, { error });
    }
  }

  /**
   * The class that a file exports.
   * @throws The error that loading it threw, as Jest would have shown it.
   */
  get(file: string): EnvironmentClass {
    const known = this.#loaded.get(file);
    if (known === undefined) {
      const Environment = requireClass(file);
      this.#loaded.set(file, { Environment });
      return Environment;
    }
    if ('error' in known) throw known.error;
    return known.Environment;
  }
}

/**
 * Makes an environment. The environment may keep what its constructor reads for later test files.
 * @param file Absolute path.
 */
export function makeEnvironment<T>(file: string, make: () => T): T {
  if (isWellKnown(file)) return make();
  return toolInputs.during(file, make);
}

/** The environments of this process. */
export const userEnvironments = new UserEnvironments();

function requireClass(file: string): EnvironmentClass {
  return asClass(
    file,
    toolInputs.during(file, () => createRequire(__filename)(file) as unknown),
  );
}

async function importClass(file: string): Promise<EnvironmentClass> {
  return asClass(file, await toolInputs.duringAsync(file, () => importFile(file)));
}

function asClass(file: string, module: unknown): EnvironmentClass {
  const { default: named = module } = module as { default?: unknown };
  if (typeof named !== 'function')
    throw new TypeError(`testmon: ${file} is no test environment, as it exports no class.`);
  return named as EnvironmentClass;
}
