import { createRequire } from 'node:module';
import * as path from 'node:path';

/**
 * A `require` that finds a package as the user's Jest would: from the module of Jest that runs this process, else
 * from the project, else ours.
 */
export function fromJest(name: string, root: string = process.cwd()): NodeJS.Require {
  for (const from of starts(root)) {
    const candidate = createRequire(from);
    try {
      candidate.resolve(name);
      return candidate;
    } catch {
      // Not visible from there.
    }
  }
  return createRequire(__filename);
}

/** Packages of Jest between which the others are found, outermost first. */
const CHAIN = ['jest', '@jest/core', 'jest-cli', 'jest-config', 'jest-runner', 'jest-runtime'];

function* starts(root: string): Generator<string> {
  // In a worker or controller Jest's own modules are loaded already: these are certainly the user's.
  for (const file of Object.keys(require.cache)) {
    if (
      /[\\/]node_modules[\\/](@jest[\\/]core|jest-runner|jest-config|jest-runtime)[\\/]build[\\/]index\.js$/.test(
        file,
      )
    )
      yield file;
  }
  let from = path.join(root, 'package.json');
  for (const name of CHAIN) {
    try {
      from = createRequire(from).resolve(`${name}/package.json`);
      yield from;
    } catch {
      // This Jest is laid out otherwise; the next link may still be found from here.
    }
  }
  yield path.join(root, 'package.json');
}
