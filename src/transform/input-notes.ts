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

/** An output that was made. Jest's cache stores it under this key. */
export interface MadeOutput {
  key: string;
  inputs: readonly TransformInput[];
}

/** The files that list variables begin with this. */
const VARIABLES = 'variables-';

/** How many notes are kept for one file. The newest note contains the inputs of all earlier ones. */
const MAX_NOTES = 16;

/** By tool chain: the variables that it asked for in any process. */
const variables = runCache.table<string, Set<string>>('transforms');
/** By folder: the names in it. Empty if the folder is missing. */
const listings = runCache.table<string, ReadonlySet<string>>('transforms');

/**
 * Stores what outputs were made from, beside Jest's cache of the outputs. Each file and usual key has a folder.
 * Several processes write there at the same time, so each note is a file of its own, named by its hash.
 */
export class InputNotes {
  /** By folder: what this process noted. It is kept here because writing it may fail. */
  readonly #noted = new Map<string, MadeOutput[]>();
  #snapshot: { names: ReadonlySet<string>; of: Set<string> } | null = null;

  /**
   * Returns the folder for the notes of a file.
   * @param cacheDirectory Jest's cache directory, an absolute path.
   * @param subject A text that is different for each file and key.
   */
  folder(cacheDirectory: string, subject: string): string {
    return path.join(noteHome(cacheDirectory).folder, shortHash(subject));
  }

  /** The outputs noted in a folder, by this process and by others. */
  madeIn(folder: string): readonly MadeOutput[] {
    const own = this.#noted.get(folder) ?? [];
    // Few files have notes. So the parent folder is listed once, instead of looking for each folder.
    if (!namesIn(path.dirname(folder)).has(path.basename(folder))) return own;
    return [...own, ...notesIn(folder)];
  }

  /** Reads the notes in a folder again. Other processes may have added some. */
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

  /** A copy of the present names, which does not change later. */
  variablesNow(toolChain: ToolChain): ReadonlySet<string> {
    const names = this.variables(toolChain);
    if (this.#snapshot?.of !== names || this.#snapshot.names.size !== names.size)
      this.#snapshot = { names: new Set(names), of: names };
    return this.#snapshot.names;
  }

  /**
   * Notes the variables that this process was asked for since the last call. They count for each of its tool chains,
   * because all share the modules that keep the values.
   */
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
    // The folder does not exist, so there are no notes.
    return [];
  }
}

function namesIn(folder: string): ReadonlySet<string> {
  return getOrCreate(listings, folder, () => {
    try {
      return new Set(unwatched.readdirSync(folder));
    } catch {
      // This is the first run with this cache.
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
    // Another process is deleting the same files.
  }
}

/** Writes a file that every user can access, like Jest's cache: whoever reads the cache must also see the notes. */
function write(place: string, text: string): void {
  // If this fails, Jest cannot write its cache either. So the next process transforms the file again.
  if (!writeCache(place, text, { mode: 0o666 }))
    debug('transform')('%s cannot be written; the next process transforms again', place);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(unwatched.readFileSync(file, 'utf8'));
  } catch {
    // Another process deleted the note, or the file was damaged.
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
