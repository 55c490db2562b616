import * as fs from 'node:fs';
import { asStoreError, isBeyondUse } from '../connection/errors';
import type { OpenOptions } from '../connection/open';
import { StoreConnection } from '../connection/store-connection';
import { Details } from '../read/details';
import { Loader } from '../read/load';
import { Merger, type MergePart, type Source } from './merge';

/** Parameters of a merge. */
export interface MergeDetails {
  /** The time of the merge, in milliseconds since the epoch. */
  now: number;
  /** How many complete records a test file keeps. By default 8. */
  keep: number | undefined;
  /** Called after each merged test file. */
  merged?: (() => void) | undefined;
  /** What of the other database is taken. Default: all of it. */
  part?: MergePart | undefined;
}

/**
 * Merges another database into one that is open for writing. The caller must open the transaction.
 * @param target The open database with its path.
 * @param options The options that the target was opened with.
 * @throws {StoreError} About either file.
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
    // Errors of reading concern the other file, all others this one.
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

/** Whether two paths refer to the same file. */
export function isSameFile(a: string, b: string): boolean {
  try {
    return fs.realpathSync(a) === fs.realpathSync(b);
  } catch {
    // One of them is missing. Opening it reports that.
    return false;
  }
}
