import fs from 'node:fs';
import path from 'node:path';
import { shortHash } from '../dependencies/files/content';
import { getOrCreate } from '../dependencies/get-or-create';
import { runCache } from '../dependencies/run-cache';
import { unwatched } from '../interception/observer';
import { askedVariables } from '../interception/variables/tool-variables';
import { writeCache } from '../machine/atomic-write';
import { debug } from '../terminal/debug';
import { isInput, type TransformInput } from './input-values';
import { noteHome } from './note-homes';
import type { ToolChain } from './tool-chain-id';

/** An output that was made, and is in Jest's cache by this key. */
export interface MadeOutput {
  key: string;
  inputs: readonly TransformInput[];
}

/** How the names of the files begin that name variables. */
const VARIABLES = 'variables-';

/** How many notes of one file are kept. The newest names all inputs that any of them does. */
const MAX_NOTES = 16;

/** By tool chain: the variables that it asked for in any process. */
const variables = runCache.table<string, Set<string>>('transforms');
/** By folder: the names in it, empty where it is missing. */
const listings = runCache.table<string, ReadonlySet<string>>('transforms');

/**
 * What outputs were made from, kept beside Jest's cache of the outputs, in a folder for each file and usual key. Several
 * processes write there at once, so each note is a file of its own, named by its hash.
 */
export class InputNotes {
  /** By folder: what this process noted, even if it could not be written. */
  readonly #noted = new Map<string, MadeOutput[]>();
  #snapshot: { names: ReadonlySet<string>; of: Set<string> } | null = null;

  /**
   * The folder for the notes of a file.
   * @param cacheDirectory Of Jest; absolute.
   * @param subject Tells the file and its key from others.
   */
  folder(cacheDirectory: string, subject: string): string {
    return path.join(noteHome(cacheDirectory).folder, shortHash(subject));
  }

  /** The outputs noted in a folder, by this process and by others. */
  madeIn(folder: string): readonly MadeOutput[] {
    const own = this.#noted.get(folder) ?? [];
    // Nearly no file has notes, so the folder above all is listed once.
    if (!namesIn(path.dirname(folder)).has(path.basename(folder))) return own;
    return [...own, ...notesIn(folder)];
  }

  /** Those that other processes noted are read anew. */
  writtenIn(folder: string): readonly MadeOutput[] {
    return notesIn(folder);
  }

  /** Notes what an output was made from. */
  add(folder: string, made: MadeOutput): void {
    this.#noted.set(folder, [...(this.#noted.get(folder) ?? []), made].slice(-MAX_NOTES));
    const text = JSON.stringify(made);
    write(path.join(folder, `${shortHash(text)}.json`), text);
    prune(folder);
  }

  /** The names of the variables that a tool chain asked for in any process. */
  variables({ cacheDirectory, id }: ToolChain): Set<string> {
    if (id === null) return new Set();
    return getOrCreate(variables, `${cacheDirectory}\0${id}`, () => {
      const home = noteHome(cacheDirectory).folder;
      const files = [...namesIn(home)].filter((name) => name.startsWith(`${VARIABLES}${id}-`));
      return new Set(files.flatMap((name) => texts(readJson(path.join(home, name)))));
    });
  }

  /** The same names as they are now, in a set that does not change any more. */
  variablesNow(toolChain: ToolChain): ReadonlySet<string> {
    const names = this.variables(toolChain);
    if (this.#snapshot?.of !== names || this.#snapshot.names.size !== names.size)
      this.#snapshot = { names: new Set(names), of: names };
    return this.#snapshot.names;
  }

  /** Notes what this process was asked for since. All its tool chains share the modules that keep the answers. */
  addVariables(toolChain: ToolChain): void {
    const { cacheDirectory, id } = toolChain;
    if (id === null) return;
    const names = this.variables(toolChain);
    const added = [...askedVariables().keys()].filter((name) => !names.has(name));
    if (added.length === 0) return;
    for (const name of added) names.add(name);
    const text = JSON.stringify(added.sort());
    write(
      path.join(noteHome(cacheDirectory).folder, `${VARIABLES}${id}-${shortHash(text)}.json`),
      text,
    );
  }
}

function notesIn(folder: string): MadeOutput[] {
  try {
    return unwatched
      .readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => asMade(readJson(path.join(folder, name))) ?? []);
  } catch {
    // There is no such folder: no notes.
    return [];
  }
}

function namesIn(folder: string): ReadonlySet<string> {
  return getOrCreate(listings, folder, () => {
    try {
      return new Set(unwatched.readdirSync(folder));
    } catch {
      // The first run with this cache.
      return new Set();
    }
  });
}

function prune(folder: string): void {
  try {
    const files = unwatched.readdirSync(folder).map((name) => path.join(folder, name));
    if (files.length <= MAX_NOTES) return;
    const byAge = files.map((file) => ({ file, at: unwatched.statSync(file).mtimeMs }));
    byAge.sort((a, b) => b.at - a.at);
    for (const { file } of byAge.slice(MAX_NOTES / 2)) fs.rmSync(file, { force: true });
  } catch {
    // Another process is doing the same.
  }
}

/** Whoever may read Jest's cache has to see the notes as well. */
function write(place: string, text: string): void {
  // Where it fails, Jest cannot write its cache either, so the next process makes the output anew.
  if (!writeCache(place, text, { mode: 0o666 }))
    debug('transform')('%s cannot be written; the next process transforms again', place);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(unwatched.readFileSync(file, 'utf8'));
  } catch {
    // Another process has pruned it, or somebody wrote into it.
    return null;
  }
}

function asMade(value: unknown): MadeOutput | null {
  const { key, inputs } = (value ?? {}) as Record<string, unknown>;
  return typeof key === 'string' && Array.isArray(inputs) && inputs.every(isInput)
    ? { key, inputs }
    : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((text): text is string => typeof text === 'string')
    : [];
}
