import * as fs from 'node:fs';
import { sentence, StoreError } from './errors';
import type { OpenOptions } from './open';
import { Store } from './store';
import type { Totals } from './totals';

export interface MergeOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** How many complete records a test file keeps. Default: as in a run. */
  keep?: number;
  /** Hears how many of how many test files have been merged. */
  progress?: (done: number, of: number) => void;
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
  const sources = files.map((file) => ({ file, ...inspect(file, options) }));
  const isNew = !hasContent(target);
  try {
    const of = sources.reduce((sum, { testFiles }) => sum + testFiles, 0);
    return { sources, ...unite(target, files, of, options) };
  } catch (error) {
    if (isNew) fs.rmSync(target, { force: true });
    throw error;
  }
}

function unite(
  target: string,
  files: readonly string[],
  of: number,
  { now, keep, migrations, progress }: MergeOptions,
): Omit<Merged, 'sources'> {
  const store = Store.open(target, { migrations });
  try {
    const before = store.totals();
    let done = 0;
    store.mergeAll(files, now, keep, () => progress?.((done += 1), of));
    return { before, after: store.totals() };
  } finally {
    store.close();
  }
}

function inspect(file: string, { migrations }: MergeOptions): Totals {
  const store = Store.open(file, { readonly: true, older: 'copy', migrations });
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
