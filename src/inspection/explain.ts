import type { StoredRecord, StoredTest } from '../store';
import { changesOf, NO_CHANGES, type Changes } from './changes';
import type { InspectedTest, Inspection } from './inspection';

/** Why a test file would run now, or not. */
export interface Explanation extends Changes {
  path: string;
  /** The Jest project. */
  project: string;
  wouldRun: boolean;
  /**
   * - `unaffected`: a passing record matches.
   * - `changed`: what its latest passing record executed or read has changed.
   * - `failed`: it failed last time.
   * - `always`: an option asks for it.
   * - `environment`: recorded only with another Jest config, transformer or the like.
   * - `new`: there is no complete passing record.
   */
  reason: 'unaffected' | 'changed' | 'failed' | 'always' | 'environment' | 'new';
  /** The record that matches or, where none does, the latest; null without one. */
  record: { recordedAt: number; duration: number } | null;
  /** With test granularity: how many of its tests are skipped all the same, of those that ran; null where none is. */
  skipped: { tests: number; of: number } | null;
}

/** Explains the verdict on a test file. */
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

/** The record that matches or, where none does, the latest complete one. */
export function recordOf(test: InspectedTest): StoredRecord | null {
  const { decision } = test;
  return findRecord(test, 'recordId' in decision ? decision.recordId : null);
}

/** The record of an id; of null the latest complete one. */
export function findRecord(
  { path, project }: InspectedTest,
  id: number | null,
): StoredRecord | null {
  const records = project.project.data?.testFiles.get(path)?.records ?? [];
  return records.find((record) => (id === null ? record.complete : record.id === id)) ?? null;
}

/** What a message tells of a record. */
export function timesOf(record: StoredRecord | null): Explanation['record'] {
  return record === null ? null : { recordedAt: record.recordedAt, duration: record.duration };
}

/** A test that was skipped or is yet to be written did not run. */
export function hasRun({ outcome }: StoredTest): boolean {
  return outcome === 'passed' || outcome === 'failed';
}
