import * as fs from 'node:fs';
import * as path from 'node:path';

type Targets = Record<string, unknown>;

/**
 * Returns the files that a package.json maps a specifier to, under all conditions. The files need not exist. Source:
 * Node's documentation of packages, "exports" and "imports".
 * @param folder Absolute path of the package's folder.
 * @param specifier A key of "imports" (`#x`) or of "exports" (`.` or `./x`).
 * @returns Absolute paths. Null if the package.json has no such map.
 */
export function packageTargets(folder: string, specifier: string): string[] | null {
  return (
    targetsOf(folder, specifier)
      ?.filter((target) => target.startsWith('./'))
      .map((target) => path.resolve(folder, target)) ?? null
  );
}

/**
 * Returns the specifiers of other packages that "imports" of a package.json maps a specifier to.
 * @param specifier A `#` name.
 */
export function packageRedirects(folder: string, specifier: string): string[] {
  return (targetsOf(folder, specifier) ?? []).filter((target) => !/^[.#/]/.test(target));
}

function targetsOf(folder: string, specifier: string): string[] | null {
  const { imports, exports } = manifestIn(folder);
  const map = specifier.startsWith('#') ? imports : exportsMap(exports);
  if (typeof map !== 'object' || map === null) return null;
  return Object.entries(map as Targets).flatMap(([key, value]) => {
    const rest = matched(key, specifier);
    return rest === null ? [] : textsIn(value).map((target) => target.replaceAll('*', rest));
  });
}

/** Returns the absolute path that `main` names. Null if there is none. */
export function packageMain(folder: string): string | null {
  const { main } = manifestIn(folder);
  return typeof main === 'string' && main !== '' ? path.resolve(folder, main) : null;
}

/** Returns the `name` of a package.json. */
export function ownName(folder: string): unknown {
  return manifestIn(folder)['name'];
}

/**
 * Returns the text that the `*` of a key stands for, or an empty text for a key without `*`. Null if the key does not
 * match.
 */
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

/** "exports" without paths define only the package's entry. */
function exportsMap(exports: unknown): unknown {
  if (exports == null) return null;
  const isMap =
    typeof exports === 'object' && Object.keys(exports).some((key) => key.startsWith('.'));
  return isMap ? exports : { '.': exports };
}

/** Returns the targets of a value, which may contain arrays and conditions. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function manifestIn(folder: string): Record<string, unknown> {
  try {
    const text = fs.readFileSync(path.join(folder, 'package.json'), 'utf8');
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    // There is no package.json, or it is not JSON.
    return {};
  }
}
