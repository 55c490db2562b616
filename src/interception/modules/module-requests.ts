import path from 'node:path';
import { OWN_FOLDER } from '../../run/own-frames';
import type { Sink } from '../sink';

/** The arguments of `Module._resolveFilename`. A module that `createRequire` made has a file name, too. */
type FindArguments = [
  specifier?: unknown,
  asking?: { filename?: unknown } | null,
  isMain?: unknown,
  options?: { paths?: readonly string[] },
];

/**
 * Reports a module that this process did not find, to a sink that sees loading.
 * @param args The arguments of `Module._resolveFilename`.
 * @param isWhileLoading Whether a module asked while it was being loaded.
 */
export function tellUnresolved(
  to: Sink | null,
  args: readonly unknown[],
  isWhileLoading: boolean,
): void {
  const [specifier, asking, , options] = args as FindArguments;
  const from = asking?.filename;
  if (to?.seesLoading === true && typeof specifier === 'string' && typeof from === 'string')
    to.unresolved(from, specifier, { paths: options?.paths, isWhileLoading });
}

/** Whether it is a module of this process. Modules that Jest made for a test are not. */
export function isLoaded(asking: unknown): boolean {
  const file = (asking as { filename?: unknown } | undefined)?.filename;
  return typeof file === 'string' && require.cache[file] === asking;
}

/** Between two test files, Jest loads only its own packages and the environment that a docblock names. */
export function isToolOfTestFile(request: string): boolean {
  return (
    path.isAbsolute(request) &&
    !/[\\/]node_modules[\\/]@?jest[-\\/]/.test(request) &&
    !request.startsWith(OWN_FOLDER) &&
    require.cache[request] === undefined
  );
}
