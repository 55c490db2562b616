import * as fs from 'node:fs';
import * as path from 'node:path';

type Targets = Record<string, unknown>;

/**
 * The files that a package.json names for a specifier, whichever conditions hold, there or not.
 * Source: Node's documentation of packages, "exports" and "imports".
 * @param folder Absolute path of the package's folder.
 * @param specifier What "imports" names (`#x`), or what "exports" does: `.` or `./x`.
 * @returns Absolute paths; null where the package.json says nothing of the kind.
 */
export function packageTargets(folder: string, specifier: string): string[] | null {
  const { imports, exports } = manifestIn(folder);
  const map = specifier.startsWith('#') ? imports : exportsMap(exports);
  if (typeof map !== 'object' || map === null) return null;
  return Object.entries(map as Targets).flatMap(([key, value]) => {
    const rest = matched(key, specifier);
    return rest === null
      ? []
      : textsIn(value)
          .filter((target) => target.startsWith('./'))
          .map((target) => path.resolve(folder, target.replaceAll('*', rest)));
  });
}

/** What the `main` of a package.json names, as an absolute path; null where there is none. */
export function packageMain(folder: string): string | null {
  const { main } = manifestIn(folder);
  return typeof main === 'string' && main !== '' ? path.resolve(folder, main) : null;
}

/** The name that a package.json gives to its package. */
export function ownName(folder: string): unknown {
  return manifestIn(folder)['name'];
}

/** The text that the `*` of a key stands for, empty where there is none; null where the key is another's. */
function matched(key: string, specifier: string): string | null {
  if (key === specifier) return '';
  const [before = '', after] = key.split('*');
  if (after === undefined) return null;
  const isMatch =
    specifier.length >= before.length + after.length &&
    specifier.startsWith(before) &&
    specifier.endsWith(after);
  return isMatch ? specifier.slice(before.length, specifier.length - after.length) : null;
}

/** "exports" that name no paths stand for the package's entry. */
function exportsMap(exports: unknown): unknown {
  if (exports == null) return null;
  const isMap =
    typeof exports === 'object' && Object.keys(exports).some((key) => key.startsWith('.'));
  return isMap ? exports : { '.': exports };
}

/** A target may stand in lists and below conditions. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function manifestIn(folder: string): Record<string, unknown> {
  try {
    const text = fs.readFileSync(path.join(folder, 'package.json'), 'utf8');
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    // No package.json, or no JSON.
    return {};
  }
}
