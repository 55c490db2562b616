import * as fs from 'node:fs';
import * as path from 'node:path';
import { packageFolder, realPath } from '../files/paths';
import { isFile, kindAt } from '../files/stats';
import { getOrCreate } from '../get-or-create';
import { packageTargets } from '../packages/package-targets';
import { packageName } from '../../records/package-name';
import { runCache } from '../run-cache';
import { manifestIn, stringsIn } from './imports';

/** By folder and specifier. */
const known = runCache.table<string, readonly string[]>('imports');
/** By the folder of a package and the path in it. */
const inPackages = runCache.table<string, readonly string[]>('imports');
const typePackages = runCache.table<string, readonly string[]>('imports');

/**
 * Finds the declaration files of installed packages that TypeScript may take for an import. Which conditions and
 * versions it heeds is not asked: all that a package names count.
 * @param specifier A name or a relative path.
 * @param folder Absolute path of the importing source's folder.
 * @returns Absolute real paths. None for the project's own sources.
 */
export function declarationFiles(specifier: string, folder: string): readonly string[] {
  return getOrCreate(known, `${folder}\0${specifier}`, () => {
    const found = /^\.{0,2}\//.test(specifier)
      ? declarationsAt(path.resolve(folder, specifier))
      : ofPackage(specifier, folder);
    return found.filter((file) => packageFolder(file) !== null);
  });
}

/** Returns the packages of types that TypeScript includes by itself: `@types/x`, in this folder and in all above. */
export function includedTypes(folder: string): readonly string[] {
  return getOrCreate(typePackages, folder, () => {
    const above = path.dirname(folder);
    const holder = path.join(folder, 'node_modules', '@types');
    const own = namesIn(holder).flatMap((name) => inPackage(path.join(holder, name), ''));
    return above === folder ? own : [...new Set([...own, ...includedTypes(above)])];
  });
}

function ofPackage(specifier: string, folder: string): readonly string[] {
  const name = packageName(specifier);
  const inside = specifier.slice(name.length + 1);
  const types = `@types/${name.replace(/^@([^/]+)\//, '$1__')}`;
  for (let at = folder; ; at = path.dirname(at)) {
    const found = [name, types].flatMap((one) =>
      inPackage(path.join(at, 'node_modules', one), inside),
    );
    if (found.length > 0 || path.dirname(at) === at) return found;
  }
}

/** The declarations that a package has for its entry, or for a path in it. */
function inPackage(place: string, inside: string): readonly string[] {
  return getOrCreate(inPackages, `${place}\0${inside}`, () => {
    if (kindAt(place) !== 'directory') return [];
    const home = realPath(place);
    const manifest = manifestIn(home) ?? {};
    const targets = packageTargets(home, inside === '' ? '.' : `./${inside}`) ?? [];
    const named = inside === '' ? [...entries(manifest), 'index'] : [inside];
    const versioned = named.flatMap((name) => versionsOf(manifest, name.replace(/^\.\//, '')));
    return [
      ...targets,
      ...[...named, ...versioned].map((name) => path.resolve(home, name)),
    ].flatMap(declarationsAt);
  });
}

function entries({ types, typings, main }: Record<string, unknown>): string[] {
  return stringsIn([types, typings, main]);
}

/** The other paths that `typesVersions` has for a path. Source: TypeScript's handbook, "Publishing". */
function versionsOf({ typesVersions }: Record<string, unknown>, name: string): string[] {
  return Object.values(typesVersions ?? {}).flatMap((paths: unknown) =>
    Object.entries(paths ?? {}).flatMap(([key, targets]: [string, unknown]) => {
      const [before = '', after] = key.split('*');
      if (after === undefined) return key === name ? stringsIn(targets) : [];
      if (!name.startsWith(before) || !name.endsWith(after)) return [];
      const rest = name.slice(before.length, name.length - after.length);
      return stringsIn(targets).map((target) => target.replace('*', () => rest));
    }),
  );
}

const EXTENSIONS = ['.d.ts', '.d.mts', '.d.cts', '.ts', '.tsx', '.mts', '.cts'];

/** The declarations at a path, or those of a folder, which may have a package.json of its own. */
function declarationsAt(base: string): string[] {
  const found = filesAt(base);
  if (found.length > 0 || kindAt(base) !== 'directory') return found;
  return [...entries(manifestIn(base) ?? {}), '.'].flatMap((name) => {
    const place = path.resolve(base, name);
    return [...filesAt(place), ...filesAt(path.join(place, 'index'))];
  });
}

/** The declarations at a path: as written, with an extension, or beside a program. */
function filesAt(base: string): string[] {
  if (/\.[cm]?tsx?$/.test(base) && isFile(base)) return [realPath(base)];
  const starts = new Set([base, base.replace(/\.[cm]?jsx?$/, '')]);
  return [...starts]
    .flatMap((start) => EXTENSIONS.map((extension) => start + extension))
    .filter((file) => isFile(file))
    .map((file) => realPath(file));
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    // There is no such folder.
    return [];
  }
}
