import fs from 'node:fs';
import path from 'node:path';
import { packageFolder } from '../dependencies/files/paths';
import { getOrCreate } from '../dependencies/get-or-create';
import { declarationFiles, includedTypes } from '../dependencies/resolution/package-types';
import { runCache } from '../dependencies/run-cache';
import type { CompilerTraits } from './compiler-traits';
import { exportedAgain, namedPackages, type CompiledWith } from './inlined-sources';
import { namesInDeclarations, type PackageNames } from './package-names';

/**
 * What a compiler of whole programs takes from the types of installed packages. Nothing loads these files when the
 * tests run. All paths are absolute.
 */

/** What was found in a declaration file. */
interface Declarations extends PackageNames {
  /** The names of each `const enum`. */
  constEnums: readonly string[];
  /**
   * The names of the modules that it declares, such as `declare module 'x'`. Null if what it declares is known to its
   * importers alone.
   */
  ambientModules: readonly string[] | null;
}

/** A declaration file with a `const enum`, and the files on the ways to it, with the package.json files. */
interface Found {
  declarations: Declarations;
  files: readonly string[];
}

/** By declaration file. */
const declarations = runCache.table<string, Declarations>('sources');
/** By entry file. */
const found = runCache.table<string, readonly Found[]>('sources');
/** By what is followed and entry file. */
const below = runCache.table<string, readonly string[]>('sources');
/** By source of the project. */
const ofSources = runCache.table<string, readonly string[]>('sources');

/**
 * Matches a value before a comment. TypeScript writes the name of a `const enum` behind each value that it takes from
 * one: `2 /* Level.High *\/`.
 */
const INLINED = /[\d"'`)yN] \/\*/;

/**
 * Returns the files of installed packages that an output may be made from: declarations, and the package.json files of
 * their packages.
 * @param code The file's source.
 * @param file Absolute path.
 * @param output The compiled code.
 * @param compiled What the output was made from otherwise.
 */
export function takenFromPackages(
  code: string,
  file: string,
  output: string,
  compiled: CompiledWith,
  { hasPlugins, losesComments, types }: CompilerTraits,
): string[] {
  const folder = path.dirname(file);
  const taken = new Set<string>();
  const add = (files: readonly string[]): void => {
    for (const one of files) taken.add(one);
  };
  if (hasPlugins) {
    const entries = [...namedPackages(code, file)].flatMap(([source, { all }]) =>
      entriesOf(source, all),
    );
    for (const entry of [...entries, ...everywhere(folder, types)])
      add(packagesBelow(entry, 'all'));
  } else if (losesComments || INLINED.test(output) || /\benum\b/.test(code)) {
    const words = new Set(code.match(WORDS));
    for (const [source, { all }] of namedPackages(code, file)) {
      for (const name of all) words.add(name);
      add(
        getOrCreate(ofSources, [source, ...all].join('\0'), () =>
          entriesOf(source, all).flatMap((entry) =>
            constEnumsBelow(entry).flatMap(({ files }) => files),
          ),
        ),
      );
    }
    for (const entry of everywhere(folder, types))
      for (const { declarations: one, files } of constEnumsBelow(entry))
        if (isAsked(one, words)) add(files);
  }
  for (const [source, names] of exportedAgain(code, file, output, compiled))
    for (const entry of entriesOf(source, names)) add(packagesBelow(entry, 'exported'));
  return [...taken].sort();
}

function entriesOf(source: string, names: readonly string[]): string[] {
  const folder = path.dirname(source);
  return names.flatMap((name) => declarationFiles(name, folder));
}

/** The entries of packages whose types are known without an import. */
function everywhere(folder: string, types: readonly string[]): string[] {
  return [...includedTypes(folder), ...types.flatMap((name) => declarationFiles(name, folder))];
}

const WORDS = /[A-Za-z_$][\w$]*/g;

/**
 * Whether a source may use a `const enum` that it does not import.
 * @param words The words of the source, and the names of all modules that its imports reach.
 */
function isAsked(
  { constEnums, ambientModules }: Declarations,
  words: ReadonlySet<string>,
): boolean {
  return (
    ambientModules !== null &&
    (constEnums.some((name) => words.has(name)) || ambientModules.some((name) => words.has(name)))
  );
}

/** Everything below an entry that declares a `const enum`. */
function constEnumsBelow(entry: string): readonly Found[] {
  return getOrCreate(found, entry, () => {
    const importers = new Map<string, string[]>([[entry, []]]);
    for (const file of importers.keys())
      for (const other of next(file, look(file).all)) {
        const known = importers.get(other);
        if (known === undefined) importers.set(other, [file]);
        else known.push(file);
      }
    return [...importers.keys()]
      .filter((file) => look(file).constEnums.length > 0)
      .map((file) => {
        const onWay = new Set([file]);
        for (const one of onWay) for (const other of importers.get(one) ?? []) onWay.add(other);
        return { declarations: look(file), files: withManifests(onWay) };
      });
  });
}

/** The package.json files of the packages that an entry leads to, by all that it names or by what it exports. */
function packagesBelow(entry: string, by: keyof PackageNames): readonly string[] {
  return getOrCreate(below, `${by} ${entry}`, () => {
    const seen = new Set([entry]);
    for (const file of seen) for (const other of next(file, look(file)[by])) seen.add(other);
    return withManifests(seen).filter((file) => path.basename(file) === 'package.json');
  });
}

function next(file: string, names: readonly string[]): string[] {
  return names.flatMap((name) => declarationFiles(name, path.dirname(file)));
}

function withManifests(files: ReadonlySet<string>): string[] {
  const folders = new Set([...files].flatMap((file) => packageFolder(file) ?? []));
  return [...files, ...[...folders].map((folder) => path.join(folder, 'package.json'))];
}

const CONST_ENUM = /\bconst\s+enum\s+([\w$]+)/g;
const AMBIENT = /\bdeclare\s+(?:global\b|module\s*["']([^"'\n]+)["'])/g;

function look(file: string): Declarations {
  return getOrCreate(declarations, file, () => {
    const text = textOf(file);
    const ambient = [...text.matchAll(AMBIENT)];
    const isModule = /^\s*(?:import|export)\b/m.test(text);
    return {
      ...namesInDeclarations(text),
      constEnums: [...text.matchAll(CONST_ENUM)].map(([, name = '']) => name),
      ambientModules:
        isModule && ambient.length === 0 ? null : ambient.flatMap(([, name]) => name ?? []),
    };
  });
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    // The compiler cannot read it either.
    return '';
  }
}
