import fs from 'node:fs';
import path from 'node:path';
import { getOrCreate } from '../dependencies/get-or-create';
import { runCache } from '../dependencies/run-cache';
import { unwatched } from '../interception/observer';
import { swallowed } from '../terminal/debug';

/**
 * Where notes of transforms are kept, beside Jest's cache of the outputs. There is a folder for each file and usual key,
 * so they pile up, as Jest's own cache does.
 *
 * A note must not be deleted as long as Jest's cache may give the output that it is about: without the note, the output
 * would be taken for one that depends on nothing else. So when there are many, a new generation of notes begins. Its
 * number is part of each key, so nothing that was made before is ever asked for again, and the notes on it can go. They
 * go days later, as a process that still works by the old generation must find them.
 */
export interface NoteHome {
  folder: string;
  /** The first one has 0. */
  generation: number;
}

/** The fewest notes for which it is worth it to have everything transformed anew. */
const MAX_SUBJECTS = 20_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A generation lasts at least this long, however many files a project has. */
const MIN_AGE_MS = 30 * DAY_MS;
/** No process works longer by an old generation: in watch mode, each run looks anew. */
const MAX_USE_MS = 2 * DAY_MS;
/** How many folders of an old generation one process deletes in a run. */
const MAX_DELETED = 500;

const NAME = 'testmon-inputs';
/** Its time says when a generation began. */
const BEGUN = 'begun';

const homes = runCache.table<string, NoteHome>('transforms');

/** The notes that are in use. @param cacheDirectory Of Jest; absolute. */
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

/** How long ago a generation began, in milliseconds; 0 where there are no notes yet. */
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

/** Deletes a part of a folder, and the folder itself once it is empty. */
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
    // There is no such folder yet.
    return [];
  }
}
