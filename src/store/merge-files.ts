import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { sentence, StoreError } from './errors';
import type { OpenOptions } from './open';
import { Store } from './store';
import type { Totals } from './totals';

export interface MergeOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** How many complete records a test file keeps. Default: as in a run. */
  keep?: number;
  /** The steps of the schema. Default: all there are. */
  migrations?: OpenOptions['migrations'];
}

/** What a merge did. */
export interface Merged {
  /** What each database held, in the order given. */
  sources: (Totals & { file: string })[];
  /** What the target held before; all zero where it was made. */
  before: Totals;
  after: Totals;
}

/**
 * Unites databases with the one in `target`, which is made where it is missing. All of them or none: every database is
 * read from its first page to its last before the target is touched, and it changes in one transaction.
 * @throws StoreError about the file that cannot be used.
 */
export function mergeFiles(
  target: string,
  files: readonly string[],
  options: MergeOptions,
): Merged {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'jest-testmon-merge-'));
  try {
    const readable = files.map((file, index) =>
      inThisFormat(file, path.join(scratch, String(index)), options),
    );
    const sources = readable.map((place, index) => {
      const file = files[index] ?? place;
      return { file, ...inspect(place, file, options) };
    });
    const isNew = !hasContent(target);
    try {
      return { sources, ...unite(target, readable, options) };
    } catch (error) {
      if (isNew) fs.rmSync(target, { force: true });
      throw error;
    }
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function unite(
  target: string,
  files: readonly string[],
  { now, keep, migrations }: MergeOptions,
): Omit<Merged, 'sources'> {
  const store = Store.open(target, { migrations });
  try {
    const before = store.totals();
    store.mergeAll(files, now, keep);
    return { before, after: store.totals() };
  } finally {
    store.close();
  }
}

/** The file itself, or a copy brought up to date where its format is an older one: nothing given is written to. */
function inThisFormat(file: string, copy: string, { migrations }: MergeOptions): string {
  try {
    Store.open(file, { readonly: true, migrations }).close();
    return file;
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'older') throw error;
    fs.copyFileSync(file, copy);
    fs.chmodSync(copy, 0o600);
    Store.open(copy, { migrations }).close();
    return copy;
  }
}

/** @param file What the message calls it. */
function inspect(place: string, file: string, { migrations }: MergeOptions): Totals {
  const store = Store.open(place, { readonly: true, migrations });
  try {
    const [problem] = store.findDamage();
    if (problem !== undefined)
      throw new StoreError('damaged', file, sentence('damaged', file, problem));
    return store.totals();
  } finally {
    store.close();
  }
}

/** An empty file counts as none: opening it makes a database, and so would a merge that fails. */
function hasContent(file: string): boolean {
  return (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
