import type { StoredRecord, StoredTest } from '../store';
import { changesOf, NO_CHANGES, type Changes } from './changes';
import type { InspectedTest, Inspection } from './inspection';

/** Why a test file would run now, or not. */
export interface Explanation extends Changes {
  path: string;
  /** The name of the Jest project. */
  project: string;
  wouldRun: boolean;
  /**
   * - `unaffected`: a passing record matches.
   * - `changed`: something that its latest passing record executed or read has changed.
   * - `failed`: it failed last time.
   * - `always`: an option makes it run always.
   * - `environment`: it was only recorded with another Jest config, transformer or the like.
   * - `new`: it has no complete passing record.
   */
  reason: 'unaffected' | 'changed' | 'failed' | 'always' | 'environment' | 'new';
  /** The record that matches, or else the latest one. Null if there is none. */
  record: { recordedAt: number; duration: number } | null;
  /** With test granularity, how many of the tests that ran are skipped. Null if none is. */
  skipped: { tests: number; of: number } | null;
}

/** Explains the decision on a test file. */
export async function explain(inspection: Inspection, test: InspectedTest): Promise<Explanation> {
  const { decision, project } = test;
  const record = recordOf(test);
  const changed = decision.affected && decision.reason === 'changed' ? decision.mismatch : null;
  const changes =
    changed === null || record === null
      ? NO_CHANGES
      : await changesOf(inspection, project, record, changed);
  return {
    path: test.path,
    project: project.key.project,
    wouldRun: decision.affected,
    reason: reasonOf(test),
    record: timesOf(record),
    skipped: skippedOf(inspection, test),
    ...changes,
  };
}

function skippedOf({ store }: Inspection, { skips }: InspectedTest): Explanation['skipped'] {
  if (skips === null || store === null) return null;
  const of = store.tests(skips.recordId).filter(hasRun).length;
  return { tests: skips.positions.length, of };
}

function reasonOf({ decision, project }: InspectedTest): Explanation['reason'] {
  if (!decision.affected) return 'unaffected';
  return decision.reason === 'new' && project.recorded === 'other'
    ? 'environment'
    : decision.reason;
}

/** Returns the record that matches, or else the latest complete one. */
export function recordOf(test: InspectedTest): StoredRecord | null {
  const { decision } = test;
  return findRecord(test, 'recordId' in decision ? decision.recordId : null);
}

/** Returns the record with an id. For null, returns the latest complete record. */
export function findRecord(
  { path, project }: InspectedTest,
  id: number | null,
): StoredRecord | null {
  const records = project.project.data?.testFiles.get(path)?.records ?? [];
  return records.find((record) => (id === null ? record.complete : record.id === id)) ?? null;
}

/** Returns the times of a record that are shown to the user. */
export function timesOf(record: StoredRecord | null): Explanation['record'] {
  return record === null ? null : { recordedAt: record.recordedAt, duration: record.duration };
}

/** Whether a test ran. Skipped tests and `test.todo` did not. */
export function hasRun({ outcome }: StoredTest): boolean {
  return outcome === 'passed' || outcome === 'failed';
}
