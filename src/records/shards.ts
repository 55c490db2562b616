/**
 * What one shard of a run did. The database keeps it until the shards are merged: what the shard ran, what it
 * skipped, and what it found out about test files of other shards. It is stored as a note, because notes belong to
 * one machine and are never merged. Test files are identified by `shardKey`.
 */
export interface ShardState {
  /** A hash of all records that the shard began with. */
  base: string;
  /** Identifies the CI run. Empty outside of CI. */
  runId: string;
  /** Counts from 1. */
  index: number;
  count: number;
  /** Its own test files that finished. */
  ran: string[];
  /** Its own test files that were unaffected. */
  unaffected: string[];
  /** Its own test files that were selected and did not finish. */
  unfinished: string[];
  /** Test files of other shards that are affected according to this shard's records. */
  others: string[];
}

/** The key of the note in the database. */
export const SHARD_NOTE = 'shard';

/** The result of checking a set of shards. */
export interface ShardCheck {
  /** The shards that were found, such as `2/4`, in order. */
  found: string[];
  /** The shards of the set that were not found. */
  absent: string[];
  /** Paths of test files that no shard ran or found unaffected. */
  missing: string[];
}

/** Identifies a test file across shards: by environment and path. */
export function shardKey(
  environment: { name: string; project: string; nodeMajor: number; platform: string },
  path: string,
): string {
  const { name, project, nodeMajor, platform } = environment;
  return [name, project, nodeMajor, platform, path].join(SEPARATOR);
}

const SEPARATOR = '\n';

/**
 * Returns the id of the CI run that this process belongs to. Empty outside of CI, or if the service does not set one.
 */
export function ciRunId(env: NodeJS.ProcessEnv): string {
  return CI_RUN_VARIABLES.map((name) => env[name] ?? '').find((id) => id !== '') ?? '';
}

const CI_RUN_VARIABLES = [
  'GITHUB_RUN_ID',
  'CI_PIPELINE_ID',
  'CIRCLE_WORKFLOW_ID',
  'BUILDKITE_BUILD_ID',
  'BUILD_BUILDID',
  'BUILD_TAG',
  'BITBUCKET_PIPELINE_UUID',
];

/** Encodes the state of a shard for a note. */
export function encodeShard(state: ShardState): string {
  return JSON.stringify(state);
}

/**
 * Decodes the state of a shard.
 * @returns Null if there is no note, or it is invalid.
 */
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
    // Invalid, so the database does not count as a shard.
    return null;
  }
}

/** A larger number cannot come from jest-testmon. */
const MAX_SHARDS = 10_000;

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= MAX_SHARDS;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/**
 * Checks that the shards together left no test file out. A test file is at risk if its shard did not finish it, or if
 * another shard found it affected. Then the shard that it belongs to must have run it or found it unaffected.
 * @param states The states of all databases of the set. The shards may have begun with different records.
 * @returns Null if there are no shards.
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
