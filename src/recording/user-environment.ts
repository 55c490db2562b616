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

/** By path: the class, or what loading it threw. */
const loaded = new Map<string, { Environment: EnvironmentClass } | { error: unknown }>();

/** The environment of the project whose transformers Jest loaded last: Jest loads these first for each test file. */
let expected: string | null = null;

/** Tells which environment the next test file uses. An ES module is imported now, as nothing later may wait. */
export async function expectEnvironment(path: string | null | undefined): Promise<void> {
  expected = path ?? null;
  if (path == null || loaded.has(path)) return;
  if (path.endsWith('.mjs')) loaded.set(path, { Environment: asClass(await importFile(path)) });
}

/** Requires the expected environment while Jest transpiles what is required. */
export function loadWhileTranspiling(): void {
  if (expected === null || loaded.has(expected)) return;
  try {
    loaded.set(expected, { Environment: requireClass(expected) });
  } catch (error) {
    loaded.set(expected, { error });
  }
}

/**
 * The class at a path; jest-environment-node where none is given.
 * @throws What loading it threw, as Jest would have shown it.
 */
export function environmentClass(path: string | null | undefined): EnvironmentClass {
  const file = path ?? fromJest(DEFAULT).resolve(DEFAULT);
  const known = loaded.get(file);
  if (known === undefined) {
    const Environment = requireClass(file);
    loaded.set(file, { Environment });
    return Environment;
  }
  if ('error' in known) throw known.error;
  return known.Environment;
}

function requireClass(file: string): EnvironmentClass {
  return asClass(unobserved(() => createRequire(__filename)(file) as unknown));
}

function asClass(module: unknown): EnvironmentClass {
  const { default: named } = module as { default?: EnvironmentClass };
  return named ?? (module as EnvironmentClass);
}
