import { createRequire } from 'node:module';
import * as path from 'node:path';

/**
 * A `require` that finds a package as the user's Jest would: from the module of Jest that runs this process, else
 * from the project, else ours.
 */
export function fromJest(name: string, root: string = process.cwd()): NodeJS.Require {
  for (const from of starts(root)) {
    if (resolveFrom(from, name) !== null) return createRequire(from);
  }
  return createRequire(__filename);
}

/**
 * The modules of Jest that this process has loaded: in a worker, in a controller and while a config is read these are
 * certainly the user's.
 * @param packages Which packages of Jest, the likeliest first.
 */
export function runningJest(packages: readonly string[]): string[] {
  const loaded = Object.keys(require.cache);
  return packages.flatMap((name) => {
    const end = path.join('node_modules', ...name.split('/'), 'build', 'index.js');
    return loaded.filter((file) => file.endsWith(path.sep + end));
  });
}

/** The file that `require(name)` would load in a file, or null where there is none. */
export function resolveFrom(file: string, name: string): string | null {
  try {
    return createRequire(file).resolve(name);
  } catch {
    // It is not installed there.
    return null;
  }
}

/** Packages of Jest between which the others are found, outermost first. */
const CHAIN = ['jest', '@jest/core', 'jest-cli', 'jest-config', 'jest-runner', 'jest-runtime'];

function* starts(root: string): Generator<string> {
  yield* runningJest(['@jest/core', 'jest-runner', 'jest-config', 'jest-runtime']);
  let from = path.join(root, 'package.json');
  for (const name of CHAIN) {
    const next = resolveFrom(from, `${name}/package.json`);
    // This Jest may be laid out otherwise; the next link may still be found from here.
    if (next === null) continue;
    from = next;
    yield from;
  }
  yield path.join(root, 'package.json');
}
