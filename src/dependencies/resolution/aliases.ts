import * as fs from 'node:fs';
import * as path from 'node:path';
import { createPathsMatcher, parseTsconfig } from 'get-tsconfig';
import { getOrCreate } from '../get-or-create';
import { runCache } from '../run-cache';

/** Gives the absolute paths, without extensions, that a specifier may lead to. */
type Matcher = (specifier: string) => string[];

/** By folder of a source. */
const known = runCache.table<string, readonly Matcher[]>('sources');

/**
 * Where a specifier may lead by `paths` and `baseUrl` of the configs in the source's folder and in those above. Which
 * of them the compiler was told to use is its own affair (`tsconfig.test.json`, or that of the root for all packages),
 * so all of them count.
 * @param folder Absolute path of the source's folder.
 * @returns Makes absolute paths, without extensions, of a specifier.
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
    // The folder is missing or may not be listed: it has no configs.
    return [];
  }
}

/** Null where a config names no aliases, or cannot be read: the compiler then says so itself. */
function matcherOf(file: string): Matcher | null {
  try {
    return createPathsMatcher({ path: file, config: parseTsconfig(file) });
  } catch {
    // See above.
    return null;
  }
}
