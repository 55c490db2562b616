import fs from 'node:fs';
import path from 'node:path';
import { getOrCreate } from '../dependencies/get-or-create';
import { runCache } from '../dependencies/run-cache';
import { unwatched } from '../interception/observer';
import { swallowed } from '../terminal/debug';

/**
 * Where the notes of transforms are kept: beside Jest's cache of the outputs, in one folder for each file and usual
 * key. The folders accumulate, as Jest's own cache does.
 *
 * A note must exist as long as Jest's cache may return its output. Without the note, the output would seem to depend
 * on nothing else. So when there are many notes, a new generation begins. The number of the generation is part of
 * each cache key. Jest then never asks for an output of the old generation, and the old notes can be deleted. They
 * are deleted days later, because another process may still use the old generation.
 */
export interface NoteHome {
  folder: string;
  /** The first generation has 0. */
  generation: number;
}

/** A new generation makes Jest transform everything again. It begins only if there are more notes than this. */
const MAX_SUBJECTS = 20_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A generation lasts at least this long, even if a project has very many files. */
const MIN_AGE_MS = 30 * DAY_MS;
/** No process uses an old generation for longer than this. In watch mode, each run checks again. */
const MAX_USE_MS = 2 * DAY_MS;
/** How many folders of an old generation one process deletes in a run. */
const MAX_DELETED = 500;

const NAME = 'testmon-inputs';
/** The time of this file says when a generation began. */
const BEGUN = 'begun';

const homes = runCache.table<string, NoteHome>('transforms');

/**
 * The folder of notes that is in use.
 * @param cacheDirectory Jest's cache directory, an absolute path.
 */
export function noteHome(cacheDirectory: string): NoteHome {
  return getOrCreate(homes, cacheDirectory, () => {
    const generations = generationsIn(cacheDirectory);
    const latest = homeOf(cacheDirectory, generations.at(-1) ?? 0);
    try {
      const age = ageOf(latest);
      if (age > MIN_AGE_MS && namesIn(latest.folder).length > MAX_SUBJECTS) {
        const next = homeOf(cacheDirectory, latest.generation + 1);
        begin(next);
        return next;
      }
      if (age > MAX_USE_MS)
        for (const old of generations.slice(0, -1)) shrink(homeOf(cacheDirectory, old).folder);
    } catch (error) {
      swallowed('transform', error, 'tidying up the notes of transforms; they stay');
    }
    return latest;
  });
}

function homeOf(cacheDirectory: string, generation: number): NoteHome {
  const name = generation === 0 ? NAME : `${NAME}-${generation}`;
  return { folder: path.join(cacheDirectory, name), generation };
}

function generationsIn(cacheDirectory: string): number[] {
  return namesIn(cacheDirectory)
    .flatMap((name) => {
      const [whole, number] = /^testmon-inputs(?:-(\d+))?$/.exec(name) ?? [];
      return whole === undefined ? [] : Number(number ?? 0);
    })
    .sort((a, b) => a - b);
}

/** The age of a generation, in milliseconds. 0 if there are no notes yet. */
function ageOf(home: NoteHome): number {
  const file = path.join(home.folder, BEGUN);
  const stats = unwatched.statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined) return Date.now() - stats.mtimeMs;
  if (unwatched.statSync(home.folder, { throwIfNoEntry: false }) !== undefined) begin(home);
  return 0;
}

function begin({ folder }: NoteHome): void {
  fs.mkdirSync(folder, { recursive: true });
  unwatched.writeFileSync(path.join(folder, BEGUN), '');
}

/** Deletes a part of a folder. Deletes the folder itself once it is empty. */
function shrink(folder: string): void {
  const names = namesIn(folder);
  for (const name of names.slice(0, MAX_DELETED))
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  if (names.length <= MAX_DELETED) fs.rmSync(folder, { recursive: true, force: true });
}

function namesIn(folder: string): string[] {
  try {
    return unwatched.readdirSync(folder);
  } catch {
    // The folder does not exist yet.
    return [];
  }
}
