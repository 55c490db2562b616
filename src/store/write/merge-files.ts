import * as fs from 'node:fs';
import { StoreError } from '../connection/errors';
import type { OpenOptions } from '../connection/open';
import { checkShards, type ShardCheck, type ShardState } from '../../records/shards';
import { Store } from '../store';
import type { Totals } from '../read/totals';
import type { StoredEscape } from '../../records/types';

/** Options for `mergeFiles`. */
export interface MergeOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** How many complete records a test file keeps. By default the same as in a run. */
  keep?: number;
  /** Called with the number of merged test files and their total. */
  progress?: (done: number, of: number) => void;
  /** The CI run whose shards are checked. Empty for any run. */
  runId?: string;
  /** The migrations of the schema. By default all. */
  migrations?: OpenOptions['migrations'];
}

/** The result of a merge. */
export interface Merged {
  /** The content of each merged database, in the given order. */
  sources: (Totals & { file: string })[];
  /** The content of the target before. All numbers are zero if it was new. */
  before: Totals;
  after: Totals;
  /** Whether the shards left no test file out. Null if no database belongs to a shard. */
  shards: ShardCheck | null;
  /** Escapes that are not settled. While there is one, the target database selects nothing, so everything runs. */
  openEscapes: StoredEscape[];
}

/**
 * Merges databases into the one at `target`, which is created if it is missing. All are merged or none: every
 * database is checked completely before the target is touched, and the target changes in one transaction.
 * @throws {StoreError} About the file that cannot be used.
 */
export function mergeFiles(
  target: string,
  files: readonly string[],
  options: MergeOptions,
): Merged {
  const inspected = files.map((file) => ({ file, ...inspect(file, options) }));
  const sources = inspected.map(({ file, totals }) => ({ file, ...totals }));
  const isNew = !hasContent(target);
  try {
    const of = sources.reduce((sum, { testFiles }) => sum + testFiles, 0);
    const { own, ...united } = unite(target, files, of, options);
    const shards = checkShards(shardsOf(inspected, own, options.runId ?? ''));
    return { sources, ...united, shards };
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
): Pick<Merged, 'before' | 'after' | 'openEscapes'> & { own: ShardState | null } {
  const store = Store.open(target, { migrations });
  try {
    const before = store.totals();
    const own = store.shard();
    let done = 0;
    store.mergeAll(files, now, keep, () => progress?.((done += 1), of));
    const openEscapes = store.escapes().filter(({ isOpen }) => isOpen);
    return { before, after: store.totals(), own, openEscapes };
  } finally {
    store.close();
  }
}

interface Inspected {
  totals: Totals;
  contentHash: string;
  shard: ShardState | null;
}

/**
 * Returns the shards of one run. Leaves out the state of an earlier run in a restored database. The database that all
 * shards began with may be among the sources, and the database of one shard may be the target.
 */
function shardsOf(
  sources: readonly Inspected[],
  target: ShardState | null,
  runId: string,
): ShardState[] {
  const bases = new Set(sources.flatMap(({ shard }) => shard?.base ?? []));
  const isOfRun = (shard: ShardState) =>
    runId === '' || shard.runId === '' || shard.runId === runId;
  const shards = sources.flatMap(({ shard, contentHash }) => {
    const isBase = bases.has(contentHash) && shard?.base !== contentHash;
    return shard === null || isBase || !isOfRun(shard) ? [] : [shard];
  });
  const belongs = target !== null && isOfRun(target) && bases.has(target.base);
  return belongs ? [...shards, target] : shards;
}

function inspect(file: string, { migrations }: MergeOptions): Inspected {
  const store = Store.open(file, { readonly: true, older: 'copy', migrations });
  try {
    const [problem] = store.findDamage();
    if (problem !== undefined) throw new StoreError('damaged', file, problem);
    return { totals: store.totals(), contentHash: store.contentHash(), shard: store.shard() };
  } finally {
    store.close();
  }
}

/** An empty file counts as missing, because opening it creates a database, even if the merge fails then. */
function hasContent(file: string): boolean {
  return (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
