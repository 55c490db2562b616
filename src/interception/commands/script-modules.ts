import fs from 'node:fs';
import path from 'node:path';
import { statsOf } from '../../dependencies/files/stats';
import { isWithin } from '../../dependencies/files/workspace-paths';
import { quotedIn, type Language } from './languages';
import { GLOB, readFolder } from './named-folders';
import type { RepositoryReader } from './repository-reads';
import { knownPart, withoutComputed } from './shell-words';

const { readdirSync } = fs;

/** Receives which modules a script loads. */
export interface ModuleReader extends RepositoryReader {
  /**
   * A module, which may load others.
   * @param isLoaded Whether it is loaded. Else its name stands in the script.
   */
  module(file: string, isLoaded: boolean): void;
  /** Any file may be a module whose path, relative to a folder, matches a pattern. */
  pattern(pattern: string, folder: string): void;
}

/** Where a script runs. */
export interface ScriptContext {
  /** Absolute path of the script. Null for code that is given in a command. */
  script: string | null;
  /** Absolute path of the folder that it is started in. */
  folder: string;
  /** Known values of variables. */
  env: NodeJS.ProcessEnv;
  /** Absolute path of the repository. */
  workspace: string;
  /** Folders in which the interpreter looks for modules, as variables say. */
  libraries: readonly string[];
}

/** What may name a module. */
const MAYBE_MODULE = /^(?=.*\w)[\w./-]{1,100}$/;

/**
 * Reports the modules of the workspace that a script loads, where others would be found first, and which of them are not
 * there.
 * @param text The script.
 */
export function reportModules(
  language: Language,
  text: string,
  { script, folder, env, workspace, libraries }: ScriptContext,
  to: ModuleReader,
): void {
  const own = script === null ? folder : path.dirname(script);
  const further = language.places?.(text).map((place) => path.resolve(own, place)) ?? [];
  if (script !== null && language.isRelativeToFile === true) further.push(script);
  const places = [...new Set([own, folder, ...libraries, ...further])].filter((place) =>
    isWithin(workspace, place),
  );
  const known = language.isShell === true ? withoutComputed(text, env) : text;
  for (const name of language.loads(known)) {
    const part = name.includes('$') ? knownPart(name) : name;
    for (const place of part === '' ? [] : places)
      if (GLOB.test(part)) to.pattern(part, place);
      else reportModule(language, path.resolve(place, part), true, to);
  }
  // What is looked up in another way is mostly named as well.
  for (const name of language.isShell === true ? [] : quotedIn(text))
    for (const place of MAYBE_MODULE.test(name) ? places : [])
      reportModule(language, path.resolve(place, name), false, to);
  if (script !== null && language.loadsUnknown.test(known)) reportNeighbours(language, own, to);
}

/** @param isLoaded Whether the script loads it, so that it counts if it is not there. */
function reportModule(language: Language, stem: string, isLoaded: boolean, to: ModuleReader): void {
  for (const ending of language.endings) {
    const place = stem + ending;
    const stats = statsOf(place);
    if (stats === undefined) {
      if (isLoaded) to.missed(place);
    } else if (stats.isFile()) to.module(place, isLoaded);
    else if (stats.isDirectory() && isLoaded && language.hasPackages === true)
      reportPackage(language, place, to);
  }
}

/** The interpreter may write into the folder, so its names do not count. */
function reportPackage(language: Language, folder: string, to: ModuleReader): void {
  if (!path.relative(folder, process.cwd()).startsWith('..')) return;
  const file = (at: string): void => {
    if (language.files.test(path.basename(at))) to.file(at);
  };
  if (!readFolder(folder, { file, folder: () => undefined }, true)) to.lost();
}

/** Any script beside this one may be loaded. */
function reportNeighbours(language: Language, folder: string, to: ModuleReader): void {
  to.folder(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isFile() && language.files.test(entry.name))
      to.module(path.join(folder, entry.name), true);
}
