import * as fs from 'node:fs';
import { asStoreError, isBeyondUse } from '../connection/errors';
import type { OpenOptions } from '../connection/open';
import { StoreConnection } from '../connection/store-connection';
import { Details } from '../read/details';
import { Loader } from '../read/load';
import { Merger, type MergePart, type Source } from './merge';

/** How databases are merged. */
export interface MergeDetails {
  /** The time that the merge is noted with, in milliseconds since the epoch. */
  now: number;
  /** How many complete records a test file keeps. Default: 8. */
  keep: number | undefined;
  /** Called for every test file that was merged. */
  merged?: (() => void) | undefined;
  /** What of the other database is taken. Default: all of it. */
  part?: MergePart | undefined;
}

/**
 * Unites another database with one that is open for writing. The caller holds the transaction.
 * @param target The open database, and its file.
 * @param options As the target was opened.
 * @throws StoreError about either file.
 */
export function mergeDatabase(
  target: Source & { file: string },
  otherFile: string,
  options: OpenOptions,
  { now, keep, merged, part }: MergeDetails,
): void {
  const other = new StoreConnection(otherFile, { ...options, readonly: true, older: 'copy' });
  try {
    new Merger(target, sourceOf(other), keep, part).merge(now, merged);
  } catch (error) {
    // What is wrong with reading is wrong with the other file; writing goes to this one.
    const known = asStoreError(error, otherFile);
    throw isBeyondUse(known) || known.reason === 'unreadable'
      ? known
      : asStoreError(error, target.file);
  } finally {
    other.close();
  }
}

/** An open database as merging reads and writes it. */
export function sourceOf({ db }: Pick<StoreConnection, 'db'>): Source {
  return { db, loader: new Loader(db), details: new Details(db) };
}

/** Whether two paths lead to one file. */
export function isSameFile(a: string, b: string): boolean {
  try {
    return fs.realpathSync(a) === fs.realpathSync(b);
  } catch {
    // One of them is missing; opening it says so.
    return false;
  }
}
