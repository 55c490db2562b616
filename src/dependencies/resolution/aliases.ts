import * as fs from 'node:fs';
import * as path from 'node:path';
import { createPathsMatcher, parseTsconfig } from 'get-tsconfig';
import { getOrCreate } from '../get-or-create';
import { runCache } from '../run-cache';

/** Returns the absolute paths, without extensions, that a specifier may refer to. */
type Matcher = (specifier: string) => string[];

/** By the folder of a source. */
const known = runCache.table<string, readonly Matcher[]>('sources');

/**
 * Resolves specifiers by `paths` and `baseUrl` of the TypeScript configs in the source's folder and in all folders
 * above. All configs count, because nobody tells us which one the compiler uses, such as `tsconfig.test.json` or the
 * root's config for all packages.
 * @param folder Absolute path of the source's folder.
 * @returns A function from a specifier to absolute paths without extensions.
 */
export function aliasesAt(folder: string): Matcher {
  const matchers = matchersAt(folder);
  return (specifier) => matchers.flatMap((matcher) => matcher(specifier));
}

function matchersAt(folder: string): readonly Matcher[] {
  return getOrCreate(known, folder, () => {
    const above = path.dirname(folder);
    const own = configsIn(folder).flatMap((file) => matcherOf(file) ?? []);
    return [...own, ...(above === folder ? [] : matchersAt(above))];
  });
}

const CONFIG = /^[jt]sconfig(?:\..+)?\.json$/;

function configsIn(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder)
      .filter((name) => CONFIG.test(name))
      .sort()
      .map((name) => path.join(folder, name));
  } catch {
    // The folder is missing or cannot be listed.
    return [];
  }
}

/** Returns null if a config has no aliases or is invalid. In the latter case the compiler reports it. */
function matcherOf(file: string): Matcher | null {
  try {
    return createPathsMatcher({ path: file, config: parseTsconfig(file) });
  } catch {
    // As described above.
    return null;
  }
}
