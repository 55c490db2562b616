import { createRequire } from 'node:module';
import type { EnvironmentContext, JestEnvironment, JestEnvironmentConfig } from '@jest/environment';
import { importFile } from '../run/import-file';
import { fromJest } from '../run/user-jest';
import { unobserved } from '../interception/observer';

type EnvironmentClass = new (
  config: JestEnvironmentConfig,
  context: EnvironmentContext,
) => JestEnvironment;

/** Comes with Jest, so a project under Jest 29 gets the one of Jest 29. */
const DEFAULT = 'jest-environment-node';

/** The test environments of the user that this process has loaded. Jest loads each plug point anew for a test file. */
class UserEnvironments {
  /** By path: the class, or what loading it threw. */
  readonly #loaded = new Map<string, { Environment: EnvironmentClass } | { error: unknown }>();
  /** That of the project whose transformers Jest loaded last: Jest loads these first for each test file. */
  #expected: string | null = null;

  /** Tells which environment the next test file uses. An ES module is imported now, as nothing later may wait. */
  async expect(path: string | null | undefined): Promise<void> {
    this.#expected = path ?? null;
    if (path == null || this.#loaded.has(path) || !path.endsWith('.mjs')) return;
    this.#loaded.set(path, { Environment: asClass(await importFile(path)) });
  }

  /** Requires the expected environment while Jest transpiles what is required. */
  loadWhileTranspiling(): void {
    const expected = this.#expected;
    if (expected === null || this.#loaded.has(expected)) return;
    try {
      this.#loaded.set(expected, { Environment: requireClass(expected) });
    } catch (error) {
      this.#loaded.set(expected, { error });
    }
  }

  /**
   * The class at a path; jest-environment-node where none is given.
   * @throws What loading it threw, as Jest would have shown it.
   */
  get(path: string | null | undefined): EnvironmentClass {
    const file = path ?? fromJest(DEFAULT).resolve(DEFAULT);
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

/** Those of this process. */
export const userEnvironments = new UserEnvironments();

function requireClass(file: string): EnvironmentClass {
  return asClass(unobserved(() => createRequire(__filename)(file) as unknown));
}

function asClass(module: unknown): EnvironmentClass {
  const { default: named } = module as { default?: EnvironmentClass };
  return named ?? (module as EnvironmentClass);
}
