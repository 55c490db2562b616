import * as fs from 'node:fs';
import { StoreError } from '../connection/errors';
import type { OpenOptions } from '../connection/open';
import { checkShards, type ShardCheck, type ShardState } from '../../records/shards';
import { Store } from '../store';
import type { Totals } from '../read/totals';
import type { StoredEscape } from '../../records/types';

export interface MergeOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** How many complete records a test file keeps. Default: as in a run. */
  keep?: number;
  /** Hears how many of how many test files have been merged. */
  progress?: (done: number, of: number) => void;
  /** The CI run whose shards are meant; empty for any. */
  runId?: string;
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
  /** Whether shards among them left nothing out; null where none of them is a shard's. */
  shards: ShardCheck | null;
  /** What spot checks found and nothing has settled: while there is any, nothing is selected by the target. */
  openEscapes: StoredEscape[];
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
 * The shards of one run: not what a restored database still says of an earlier one. The database that all began with may
 * stand among the sources, and one of the shards' own may be the target.
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

/** An empty file counts as none: opening it makes a database, and so would a merge that fails. */
function hasContent(file: string): boolean {
  return (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
