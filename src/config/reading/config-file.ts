import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFile } from '../../dependencies/files/stats';

/**
 * Returns the file that called one of our functions. Null if the stack does not show it.
 * @param callee The function that was called.
 */
export function callerFile(callee: (...args: never[]) => unknown): string | null {
  // Loaders such as ts-node install a formatter, but the original call sites are needed here.
  const formatter = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.prepareStackTrace = (_, sites) => sites;
    const trace: { stack?: unknown } = {};
    Error.captureStackTrace(trace, callee);
    const sites = trace.stack;
    const name = Array.isArray(sites)
      ? (sites[0] as NodeJS.CallSite | undefined)?.getFileName()
      : null;
    if (typeof name !== 'string') return null;
    return name.startsWith('file:') ? fileURLToPath(name) : name;
  } finally {
    if (formatter === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Object.defineProperty(Error, 'prepareStackTrace', formatter);
  }
}

/**
 * Finds the config file that Jest is reading, because relative paths refer to its folder. Jest does not pass its
 * path.
 * @param caller The file that called `withTestmon`. Usually, but not always, the config file itself.
 * @param given The value of `--config`.
 * @param extensions The extensions of config files, in Jest's order.
 */
export function locateConfig(
  caller: string | null,
  given: unknown,
  extensions: readonly string[],
): string {
  const isConfigName = (file: string) =>
    extensions.some((extension) => path.basename(file) === `jest.config${extension}`);
  if (caller !== null && isConfigName(caller)) return caller;
  if (typeof given === 'string' && isFile(path.resolve(given))) return path.resolve(given);
  return findUpwards(process.cwd(), extensions) ?? caller ?? path.resolve('jest.config.js');
}

function findUpwards(from: string, extensions: readonly string[]): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const names = extensions.map((extension) => path.join(folder, `jest.config${extension}`));
    const found = [...names, path.join(folder, 'package.json')].find(isFile);
    if (found !== undefined) return found;
    if (folder === path.dirname(folder)) return null;
  }
}
