/**
 * What one shard of a run did, as its database remembers it until the shards are merged: what it ran, what it left out,
 * and what it saw that belongs to other shards. Kept as a note, since notes are about one machine and never merged.
 * Test files are named by `shardKey`.
 */
export interface ShardState {
  /** Of all that was recorded when the shard began. */
  base: string;
  /** Tells runs of CI apart; empty outside of CI. */
  runId: string;
  /** From 1. */
  index: number;
  count: number;
  /** Its own test files that came to an end. */
  ran: string[];
  /** Its own test files that were unaffected. */
  unaffected: string[];
  /** Its own test files that were to run and did not come to an end. */
  unfinished: string[];
  /** Test files of other shards that are affected by its own records. */
  others: string[];
}

/** Where the database keeps it. */
export const SHARD_NOTE = 'shard';

/** What a set of shards comes to. */
export interface ShardCheck {
  /** Each shard that was found, such as `2/4`, in order. */
  found: string[];
  /** Those that belong to the set and were not found. */
  absent: string[];
  /** Paths of test files that no shard ran or found unaffected. */
  missing: string[];
}

/** A test file as shards speak of it: where it runs, and its path. */
export function shardKey(
  environment: { name: string; project: string; nodeMajor: number; platform: string },
  path: string,
): string {
  const { name, project, nodeMajor, platform } = environment;
  return [name, project, nodeMajor, platform, path].join(SEPARATOR);
}

const SEPARATOR = '\n';

/** Which CI run this process belongs to; empty outside of CI, and where the service does not say. */
export function ciRunId(env: NodeJS.ProcessEnv): string {
  return CI_RUN_VARIABLES.map((name) => env[name] ?? '').find((id) => id !== '') ?? '';
}

const CI_RUN_VARIABLES = [
  'GITHUB_RUN_ID',
  'CI_PIPELINE_ID',
  'CIRCLE_WORKFLOW_ID',
  'BUILDKITE_BUILD_ID',
];

export function encodeShard(state: ShardState): string {
  return JSON.stringify(state);
}

/** @returns Null for no note, and for one that is not ours. */
export function decodeShard(note: string | undefined): ShardState | null {
  if (note === undefined || note === '') return null;
  try {
    const state = JSON.parse(note) as Partial<Record<keyof ShardState, unknown>> | null;
    const { base, runId, index, count, ran, unaffected, unfinished, others } = state ?? {};
    if (typeof base !== 'string' || typeof runId !== 'string') return null;
    if (!isIndex(index) || !isIndex(count) || index > count) return null;
    if (!isTexts(ran) || !isTexts(unaffected) || !isTexts(unfinished) || !isTexts(others))
      return null;
    return { base, runId, index, count, ran, unaffected, unfinished, others };
  } catch {
    // Not written by us: the database counts as one of no shard.
    return null;
  }
}

/** A note that says more was not written by us. */
const MAX_SHARDS = 10_000;

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= MAX_SHARDS;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/**
 * Whether shards together left nothing out: a test file that one of them did not finish, or found affected while it
 * belonged to another, must have been run, or found unaffected, by the shard that it belongs to.
 * @param states Of all databases of the set. Shards of one set may have begun with different records.
 * @returns Null where there are no shards.
 */
export function checkShards(states: readonly ShardState[]): ShardCheck | null {
  if (states.length === 0) return null;
  const done = new Set(states.flatMap(({ ran, unaffected }) => [...ran, ...unaffected]));
  const wanted = states.flatMap(({ unfinished, others }) => [...unfinished, ...others]);
  const found = new Set(states.map(({ index, count }) => `${index}/${count}`));
  const absent = [...new Set(states.map(({ count }) => count))].flatMap((count) =>
    Array.from({ length: count }, (_, index) => `${index + 1}/${count}`).filter(
      (shard) => !found.has(shard),
    ),
  );
  const missing = wanted.filter((key) => !done.has(key)).map(pathOf);
  return { found: [...found].sort(byNumber), absent, missing: [...new Set(missing)].sort() };
}

function pathOf(key: string): string {
  return key.split(SEPARATOR).slice(4).join(SEPARATOR);
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
