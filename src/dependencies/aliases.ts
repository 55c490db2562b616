import * as fs from 'node:fs';
import * as path from 'node:path';
import { isFile } from './stats';

/** The parts of a tsconfig.json that say where a specifier leads. */
interface Aliases {
  /** Absolute path; undefined where there is none. */
  baseUrl: string | undefined;
  /** Patterns and the absolute paths they lead to, `*` in both. */
  paths: [string, string[]][] | undefined;
}

/** By folder of a source; forgotten by `forgetAliases`. */
const known = new Map<string, Aliases | null>();

/** Forgets what was read, as files may have been edited since. */
export function forgetAliases(): void {
  known.clear();
}

/**
 * Where a specifier may lead by `paths` and `baseUrl` of the nearest tsconfig.json.
 * Source: TypeScript's documentation of `paths` and of `extends`.
 * @param folder Absolute path of the source's folder.
 * @returns Makes absolute paths, without extensions, of a specifier.
 */
export function aliasesAt(folder: string): (specifier: string) => string[] {
  const aliases = nearest(folder);
  return (specifier) => {
    if (aliases === null) return [];
    const mapped = (aliases.paths ?? []).flatMap(([pattern, targets]) => {
      const [before = '', after] = pattern.split('*');
      if (after === undefined) return specifier === pattern ? targets : [];
      if (!specifier.startsWith(before) || !specifier.endsWith(after)) return [];
      const rest = specifier.slice(before.length, specifier.length - after.length);
      return targets.map((target) => target.replace('*', () => rest));
    });
    return aliases.baseUrl === undefined
      ? mapped
      : [...mapped, path.join(aliases.baseUrl, specifier)];
  };
}

function nearest(folder: string): Aliases | null {
  let aliases = known.get(folder);
  if (aliases === undefined) {
    const file = ['tsconfig.json', 'jsconfig.json']
      .map((name) => path.join(folder, name))
      .find((name) => isFile(name));
    const above = path.dirname(folder);
    if (file !== undefined) aliases = read(file, new Set());
    else aliases = above === folder ? null : nearest(above);
    known.set(folder, aliases);
  }
  return aliases;
}

function read(file: string, seen: Set<string>): Aliases {
  const aliases: Aliases = { baseUrl: undefined, paths: undefined };
  if (seen.has(file)) return aliases;
  seen.add(file);
  const folder = path.dirname(file);
  let config: {
    extends?: string | string[];
    compilerOptions?: { baseUrl?: string; paths?: Record<string, string[]> };
  };
  try {
    config = JSON.parse(withoutComments(fs.readFileSync(file, 'utf8'))) as typeof config;
  } catch {
    return aliases;
  }
  for (const name of [config.extends ?? []].flat()) {
    const base = extended(name, folder);
    if (base === null) continue;
    const { baseUrl, paths } = read(base, seen);
    aliases.baseUrl = baseUrl ?? aliases.baseUrl;
    aliases.paths = paths ?? aliases.paths;
  }
  const { baseUrl, paths } = config.compilerOptions ?? {};
  if (typeof baseUrl === 'string') aliases.baseUrl = path.resolve(folder, baseUrl);
  if (paths !== undefined) {
    aliases.paths = Object.entries(paths).map(([pattern, targets]) => [
      pattern,
      targets.map((target) => path.resolve(aliases.baseUrl ?? folder, target)),
    ]);
  }
  return aliases;
}

function extended(name: string, folder: string): string | null {
  const spellings = (base: string) => [base, `${base}.json`, path.join(base, 'tsconfig.json')];
  if (name.startsWith('.') || path.isAbsolute(name))
    return spellings(path.resolve(folder, name)).find((file) => isFile(file)) ?? null;
  for (let at = folder; ; at = path.dirname(at)) {
    const found = spellings(path.join(at, 'node_modules', name)).find((file) => isFile(file));
    if (found !== undefined) return found;
    if (path.dirname(at) === at) return null;
  }
}

/** A tsconfig.json may have comments and trailing commas. */
function withoutComments(text: string): string {
  return text
    .replace(
      /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g,
      (_match, string: string | undefined) => string ?? '',
    )
    .replace(
      /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g,
      (_match, string: string | undefined) => string ?? '',
    );
}
