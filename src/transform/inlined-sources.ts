import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { aliasesAt } from '../dependencies/resolution/aliases';
import { contentHash } from '../dependencies/files/content';
import { getOrCreate } from '../dependencies/get-or-create';
import { importedFiles } from '../dependencies/resolution/imports';
import { runCache } from '../dependencies/run-cache';
import type { OutputInputs } from './output-inputs';
import { inputValues, type TransformInput } from './input-values';
import { transformProcess } from './transform-process';

/**
 * TypeScript writes values of other files into the code that uses them, so a file depends on every `const enum` that
 * its imports reach, and on the constants that its own enums are made of, though nothing of that is loaded when the
 * tests run. It leaves out imports of what is no value, and may write down what kinds of types there are.
 */

/** What one source says of this; looked at once per process and content. */
interface Source {
  declaresConstEnum: boolean;
  imports: string[];
  /** Files that its enums take constants from. */
  constants: string[];
  /** Whether something that it exports, or a type that it declares, may come from a file that it imports. */
  reExports: boolean;
  hash: string;
}

/** What a compiler takes from other files, as absolute paths, sorted. */
type CompiledWith = Omit<OutputInputs, 'inputs'> & {
  /** Files whose content may stand in it. */
  inlined: string[];
};

const NOTHING: CompiledWith = { inlined: [], values: [], types: [] };

/** By absolute path; null for what cannot be read. */
const sources = runCache.table<string, Source | null>('sources');
/** By file: what `compiledNow` found. */
const compiled = runCache.table<string, CompiledWith>('sources');

/**
 * By absolute path: the hash of a source as this process saw it first; empty where it was missing. In watch mode, a
 * compiler may go on with that one, as ts-jest does.
 */
const firstSeen = new Map<string, string>();
/** Sources that have changed since: nobody knows which of their contents is in an output. */
const edited = new Set<string>();
/** Tells outputs that may be out of date from those of other processes. */
const PROCESS = randomUUID();

const TYPESCRIPT = /\.[cm]?tsx?$/;

/** Whether a transformer compiles whole programs, and so inlines across files. */
export function inlinesAcrossFiles(transformer: string | null): boolean {
  return (
    transformer !== null &&
    /[\\/](ts-jest|jest-esbuild|rollup-jest|@angular-builders|jest-preset-angular)[\\/]/.test(
      transformer,
    )
  );
}

/** All that a source imports, at any depth, for its types alone as well. */
function allImported(imported: readonly string[], file: string): string[] {
  return [...reach(imported, file, () => true)].sort();
}

/**
 * The files whose content a compiler may write into a file's output.
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
 * What a compiler of whole programs may take from other files.
 * @param code The file's source.
 * @param file Absolute path.
 * @param output What it was compiled to; null where that is not known.
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

/** The same for a file as it is now, looked at once; nothing where it cannot be read. */
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
    // A missing file has no imports. That it is missing is recorded elsewhere.
    return NOTHING;
  }
}

const DECORATOR = /^\s*@\w/m;
const WRITTEN_TYPE = /metadata\("design:/;

/** Files with a `const enum` that imports reach, and those that enums are made of. */
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
 * @param goesOn Whether those that one imports are reached through it.
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

/** What belongs into the cache key of a file that inlines from others. */
export function inlinedKey(files: readonly string[]): string {
  return files
    .map((file) => (sources.get(file)?.hash ?? '') + (edited.has(file) ? PROCESS : ''))
    .join();
}

/** Whether the compiler may have an earlier content of a source in its memory. */
export function wasEdited(file: string): boolean {
  return edited.has(file);
}

/** The content of such a file as it was looked at. A record holds for none where it is not clear what was compiled. */
export function inlinedInput(name: string): TransformInput {
  if (edited.has(name)) return { kind: 'file', name, value: 'unknown' };
  const source = sources.get(name);
  return source == null ? inputValues.file(name) : { kind: 'file', name, value: source.hash };
}

/** What the compiler finds for the imports of a source, by relative paths, aliases or names of the workspace. */
function imports(code: string, file: string): string[] {
  const folder = path.dirname(file);
  return importedFiles(code, folder, aliasesAt(folder));
}

/** A comment. It matches in one way alone: repeated, two ways each would take time that doubles with each comment. */
const BLOCK_COMMENT = String.raw`/\*[^*]*\*+(?:[^/*][^*]*\*+)*/`;
const COMMENT = String.raw`${BLOCK_COMMENT}|//[^\n]*(?=\n|$)`;

/** Imports and exports of names, but for those of types alone. */
const CLAUSE = new RegExp(
  String.raw`\b(?:import|export)\s+(?!type\b(?!\s*,|\s+from\b))((?=[\w$*{/])(?:\{(?:[^{}'"/]|"[^"\n]*"|'[^'\n]*'|${COMMENT})*\}|[^;'"/{]|${COMMENT})*?)\bfrom\s*(?:${BLOCK_COMMENT}\s*)*(["'][^"'\n]+["'])`,
  'g',
);

/** What the imports lead to that are not in the output. */
function leftOut(code: string, file: string, output: string | null): string[] {
  const isKept = (name: string): boolean =>
    output !== null && (output.includes(`"${name}"`) || output.includes(`'${name}'`));
  return importedThrough(
    [...code.matchAll(CLAUSE)].filter(([, , quoted = '']) => !isKept(quoted.slice(1, -1))),
    file,
  );
}

/** A brace in quotes or in a comment does not end one. */
const ENUM = new RegExp(
  String.raw`\benum\s+[\w$]+\s*\{((?:[^}'"\`/]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\`(?:[^\`\\]|\\[^])*\`|${COMMENT}|/(?![/*]))*)\}`,
  'g',
);
const NAME = /[A-Za-z_$][\w$]*/g;

/** What the imports lead to that bind a name in an enum. */
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

/** What these clauses of a source lead to. */
function importedThrough(clauses: readonly RegExpExecArray[], file: string): string[] {
  return clauses.length === 0 ? [] : imports(clauses.map(([clause]) => clause).join('\n'), file);
}

/** Exports of what may be another's, types made of others, and other names for them. */
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
      hash: contentHash(text),
    };
  } catch {
    // An import may lead to a file that is missing: the compiler says so.
    return null;
  }
}
