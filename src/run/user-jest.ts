import { createRequire } from 'node:module';
import * as path from 'node:path';

/**
 * Returns a `require` that finds a package as the user's Jest would. It looks first from the modules of Jest that
 * this process has loaded, then from the project, and then from jest-testmon itself.
 * @param root Absolute path of the project.
 */
export function fromJest(name: string, root: string = process.cwd()): NodeJS.Require {
  for (const from of startingPoints(root)) {
    if (resolveFrom(from, name) !== null) return createRequire(from);
  }
  return createRequire(__filename);
}

/**
 * Returns the modules of Jest that this process has loaded. In a worker, in a controller and while a config is read,
 * these belong to the user's Jest.
 * @param packages The packages of Jest to look for, the most likely one first.
 * @returns Absolute paths.
 */
export function runningJest(packages: readonly string[]): string[] {
  const loaded = Object.keys(require.cache);
  return packages.flatMap((name) => {
    const end = path.join('node_modules', ...name.split('/'), 'build', 'index.js');
    return loaded.filter((file) => file.endsWith(path.sep + end));
  });
}

/** Returns the path that `require(name)` would load from a file, or null if there is none. */
export function resolveFrom(file: string, name: string): string | null {
  try {
    return createRequire(file).resolve(name);
  } catch {
    // It is not installed there.
    return null;
  }
}

/** Packages of Jest that lead from one to the next, outermost first: each can resolve the following ones. */
const CHAIN = ['jest', '@jest/core', 'jest-cli', 'jest-config', 'jest-runner', 'jest-runtime'];

function* startingPoints(root: string): Generator<string> {
  yield* runningJest(['@jest/core', 'jest-runner', 'jest-config', 'jest-runtime']);
  let from = path.join(root, 'package.json');
  for (const name of CHAIN) {
    const next = resolveFrom(from, `${name}/package.json`);
    // This version of Jest does not have the package. The following ones may still resolve from here.
    if (next === null) continue;
    from = next;
    yield from;
  }
  yield path.join(root, 'package.json');
}
