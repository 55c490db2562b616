import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { aliasesAt } from '../dependencies/resolution/aliases';
import { contentHash } from '../dependencies/files/content';
import { getOrCreate } from '../dependencies/get-or-create';
import { importedFiles } from '../dependencies/resolution/imports';
import { namesIn, type PackageNames } from './package-names';
import { runCache } from '../dependencies/run-cache';
import type { OutputInputs } from './output-inputs';
import { inputValues, type TransformInput } from './input-values';
import { transformProcess } from './transform-process';

/**
 * TypeScript writes values of other files into the code that uses them. Example: for a `const enum` it writes the
 * number. Nothing loads these files when the tests run. So a file depends on every `const enum` that its imports
 * reach, and on the constants that its own enums use.
 *
 * TypeScript also removes imports of names that are not values. With decorators, it may write into the output which
 * kinds of types there are.
 */

/** What was found in one source. Each content is read once per process. */
interface Source {
  declaresConstEnum: boolean;
  imports: string[];
  /** Files that its enums take constants from. */
  constants: string[];
  /** Whether one of its exports, or a type that it declares, may come from a file that it imports. */
  reExports: boolean;
  packages: PackageNames;
  hash: string;
}

/** What a compiler takes from other files. Paths are absolute and sorted. */
export type CompiledWith = Omit<OutputInputs, 'inputs'> & {
  /** Files whose content may be part of the output. */
  inlined: string[];
};

const NOTHING: CompiledWith = { inlined: [], values: [], types: [] };

/** By absolute path. Null if the file cannot be read. */
const sources = runCache.table<string, Source | null>('sources');
/** By file: the results of `compiledNow`. */
const compiled = runCache.table<string, CompiledWith>('sources');

/**
 * By absolute path: the hash of a source when this process first read it. Empty if the file was missing. In watch
 * mode a compiler may keep using this first content, as ts-jest does.
 */
const firstSeen = new Map<string, string>();
/** Sources that changed after this process first read them. It is unknown which of their contents an output has. */
const edited = new Set<string>();
/** Added to the cache keys of outputs that may be outdated, so that no other process uses them. */
const PROCESS = randomUUID();

const TYPESCRIPT = /\.[cm]?tsx?$/;

/** Whether a transformer compiles whole programs, and so writes values of one file into another. */
export function inlinesAcrossFiles(transformer: string | null): boolean {
  return (
    transformer !== null &&
    /[\\/](ts-jest|jest-esbuild|rollup-jest|@angular-builders|jest-preset-angular)[\\/]/.test(
      transformer,
    )
  );
}

/** Whether such a compiler knows the types of packages. */
export function readsTypes(transformer: string | null): boolean {
  return inlinesAcrossFiles(transformer) && !/[\\/]jest-esbuild[\\/]/.test(transformer ?? '');
}

/** Everything that a source imports, directly or indirectly, including imports of types only. */
function allImported(imported: readonly string[], file: string): string[] {
  return [...reach(imported, file, () => true)].sort();
}

/**
 * Returns the files whose content a compiler may write into the output of a file.
 * @param code The file's source.
 * @param file Absolute path.
 * @returns Absolute paths, sorted.
 */
export function reachableConstants(code: string, file: string): string[] {
  if (!TYPESCRIPT.test(file)) return [];
  const imported = imports(code, file);
  if (transformProcess.compilesWithPlugins) return allImported(imported, file);
  return constantsFrom(imported, enumConstants(code, file), file);
}

/**
 * Returns what a compiler of whole programs may take from other files.
 * @param code The file's source.
 * @param file Absolute path.
 * @param output The compiled code. Null if it is not known.
 */
export function compiledWith(code: string, file: string, output: string | null): CompiledWith {
  if (!TYPESCRIPT.test(file)) return NOTHING;
  const imported = imports(code, file);
  if (transformProcess.compilesWithPlugins)
    return { ...NOTHING, inlined: allImported(imported, file) };
  const writesTypes = output === null ? DECORATOR.test(code) : WRITTEN_TYPE.test(output);
  const reExports = (source: Source): boolean => source.reExports;
  const types = writesTypes ? reach(imported, file, reExports) : new Set<string>();
  const values = reach(leftOut(code, file, output), file, reExports);
  return {
    inlined: constantsFrom(imported, enumConstants(code, file), file),
    values: [...values].filter((name) => !types.has(name)).sort(),
    types: [...types].sort(),
  };
}

/**
 * Returns what a source and all that it imports name of packages, by source.
 * @param code The file's source.
 * @param file Absolute path.
 */
export function namedPackages(code: string, file: string): Map<string, PackageNames> {
  const named = new Map([[file, namesIn(code)]]);
  for (const name of reach(imports(code, file), file, () => true)) {
    const source = look(name);
    if (source !== null) named.set(name, source.packages);
  }
  return named;
}

/**
 * Returns the names of packages from which a source may export again what its output does not import, such as a type
 * that could become a value. Where the output has types, all names of its source count. By source.
 * @param output The compiled code.
 * @param compiled What `compiledWith` returned.
 */
export function exportedAgain(
  code: string,
  file: string,
  output: string,
  { values, types }: Pick<CompiledWith, 'values' | 'types'>,
): Map<string, readonly string[]> {
  const { all, exported } = namesIn(code);
  const isLeftOut = (name: string): boolean => !isNamedIn(output, name);
  const named = new Map<string, readonly string[]>();
  for (const name of [...values, ...types]) named.set(name, look(name)?.packages.exported ?? []);
  return named.set(file, WRITTEN_TYPE.test(output) ? all : exported.filter(isLeftOut));
}

/**
 * Like `compiledWith`, for the present content of a file. The file is read once per run. Returns nothing if it cannot
 * be read.
 */
export function compiledNow(file: string): CompiledWith {
  if (!TYPESCRIPT.test(file)) return NOTHING;
  let found = compiled.get(file);
  if (found === undefined) {
    found = compiledAsRead(file);
    compiled.set(file, found);
  }
  return found;
}

function compiledAsRead(file: string): CompiledWith {
  try {
    return compiledWith(fs.readFileSync(file, 'utf8'), file, null);
  } catch {
    // A missing file has no imports. Another place records that it is missing.
    return NOTHING;
  }
}

const DECORATOR = /^\s*@\w/m;
const WRITTEN_TYPE = /metadata\("design:/;

/** The files with a `const enum` that the imports reach, and the files that enums take constants from. */
function constantsFrom(
  imported: readonly string[],
  constants: readonly string[],
  file: string,
): string[] {
  const found = reach(constants, file, () => true);
  for (const name of reach(imported, file, () => true)) {
    const source = look(name);
    if (source?.declaresConstEnum !== true) continue;
    found.add(name);
    for (const other of reach(source.constants, name, () => true)) found.add(other);
  }
  return [...found].sort();
}

/**
 * The TypeScript sources that imports lead to.
 * @param goesOn Whether to follow the imports of a source.
 */
function reach(
  from: readonly string[],
  file: string,
  goesOn: (source: Source) => boolean,
): Set<string> {
  const seen = new Set([file]);
  const found = new Set<string>();
  const queue = [...from];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const source = TYPESCRIPT.test(next) ? look(next) : null;
    if (source === null) continue;
    found.add(next);
    if (goesOn(source)) queue.push(...source.imports);
  }
  return found;
}

/** The part of a cache key that covers the files whose content may be in the output. */
export function inlinedKey(files: readonly string[]): string {
  return files
    .map((file) => (sources.get(file)?.hash ?? '') + (edited.has(file) ? PROCESS : ''))
    .join();
}

/** Whether the compiler may still have an earlier content of a source in memory. */
export function wasEdited(file: string): boolean {
  return edited.has(file);
}

/**
 * The content of such a file when it was read. If it is unclear which content was compiled, the value matches no
 * file, so that no record holds.
 */
export function inlinedInput(name: string): TransformInput {
  if (edited.has(name)) return { kind: 'file', name, value: 'unknown' };
  const source = sources.get(name);
  return source == null ? inputValues.file(name) : { kind: 'file', name, value: source.hash };
}

/**
 * The files that the compiler finds for the imports of a source: by relative paths, by aliases or by names of
 * workspace packages.
 */
function imports(code: string, file: string): string[] {
  const folder = path.dirname(file);
  return importedFiles(code, folder, aliasesAt(folder));
}

/**
 * A comment. The pattern must match a comment in only one way. With two ways, matching a sequence of comments would
 * take twice the time for each further comment.
 */
const BLOCK_COMMENT = String.raw`/\*[^*]*\*+(?:[^/*][^*]*\*+)*/`;
const COMMENT = String.raw`${BLOCK_COMMENT}|//[^\n]*(?=\n|$)`;

/** Imports and exports of names from another file, except those of types only. */
const CLAUSE = new RegExp(
  String.raw`\b(?:import|export)\s+(?!type\b(?!\s*,|\s+from\b))((?=[\w$*{/])(?:\{(?:[^{}'"/]|"[^"\n]*"|'[^'\n]*'|${COMMENT})*\}|[^;'"/{]|${COMMENT})*?)\bfrom\s*(?:${BLOCK_COMMENT}\s*)*(["'][^"'\n]+["'])`,
  'g',
);

/** The files that imports lead to that the output does not contain. */
function leftOut(code: string, file: string, output: string | null): string[] {
  const isKept = (name: string): boolean => output !== null && isNamedIn(output, name);
  return importedThrough(
    [...code.matchAll(CLAUSE)].filter(([, , quoted = '']) => !isKept(quoted.slice(1, -1))),
    file,
  );
}

function isNamedIn(output: string, specifier: string): boolean {
  return output.includes(`"${specifier}"`) || output.includes(`'${specifier}'`);
}

/** The body of an enum. A brace in quotes or in a comment does not end it. */
const ENUM = new RegExp(
  String.raw`\benum\s+[\w$]+\s*\{((?:[^}'"\`/]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\`(?:[^\`\\]|\\[^])*\`|${COMMENT}|/(?![/*]))*)\}`,
  'g',
);
const NAME = /[A-Za-z_$][\w$]*/g;

/** The files that the imports of names used in an enum lead to. */
function enumConstants(code: string, file: string): string[] {
  const used = new Set([...code.matchAll(ENUM)].flatMap(([, body = '']) => body.match(NAME) ?? []));
  if (used.size === 0) return [];
  return importedThrough(
    [...code.matchAll(CLAUSE)].filter(([, names = '']) =>
      (names.match(NAME) ?? []).some((name) => used.has(name)),
    ),
    file,
  );
}

/** The files that these import and export clauses of a source lead to. */
function importedThrough(clauses: readonly RegExpExecArray[], file: string): string[] {
  return clauses.length === 0 ? [] : imports(clauses.map(([clause]) => clause).join('\n'), file);
}

/** Declarations that may come from another file: re-exports, types made of other types, and aliases. */
const RE_EXPORT =
  /\bexport\s*(?:[*{=]|default\s+[\w$.]+\s*(?:;|$)|type\s*[*{])|\btype\s+[\w$]+[^;=]*=|\binterface\s+[\w$]+[^{]*\bextends\b|\bimport\s+(?:type\s+)?[\w$]+\s*=/m;

function look(file: string): Source | null {
  let source = sources.get(file);
  if (source === undefined) {
    source = read(file);
    sources.set(file, source);
    const hash = source?.hash ?? '';
    if (getOrCreate(firstSeen, file, () => hash) !== hash) edited.add(file);
  }
  return source;
}

function read(file: string): Source | null {
  try {
    const text = fs.readFileSync(file, 'utf8');
    return {
      declaresConstEnum: /\bconst\s+enum\b/.test(text),
      imports: imports(text, file),
      constants: enumConstants(text, file),
      reExports: RE_EXPORT.test(text),
      packages: namesIn(text),
      hash: contentHash(text),
    };
  } catch {
    // An import may lead to a missing file. The compiler reports it.
    return null;
  }
}
