import { decoded } from '../controller/projects/candidates';
import { mismatch, type EncodedFootprint } from '../selection/match';
import type { StoredTest } from '../store';
import { changesOf, NO_CHANGES, type Changes } from './changes';
import { findRecord, recordOf, timesOf, type Explanation } from './explain';
import type { InspectedTest, Inspection } from './inspection';

/** Why a single test would run now, or not. */
export interface TestExplanation {
  /** The titles of the describe blocks around the test and its own title, joined by `›`. */
  name: string;
  /** Recorded duration, in milliseconds. */
  duration: number;
  wouldRun: boolean;
  /**
   * - `unaffected`: its test file need not run.
   * - `skipped`: its test file runs, but test granularity skips this test.
   * - `own`: something that only this test executed or read has changed.
   * - `shared`: something that all tests of the file share has changed.
   * - `order`: the tests of the file depend on each other, so test granularity runs all of them.
   * - `file`: all tests of the file run.
   */
  reason: 'unaffected' | 'skipped' | 'own' | 'shared' | 'order' | 'file';
  /** The record that was compared. Null if there is none. */
  record: Explanation['record'];
  /** Changes in what the test itself executed or read. */
  own: Changes;
  /** Changes in what all tests of the file share. */
  shared: Changes;
}

/**
 * Explains single tests of a test file.
 * @param text The tests whose full name contains this text are explained, regardless of case.
 */
export async function explainTests(
  inspection: Inspection,
  test: InspectedTest,
  text: string,
): Promise<TestExplanation[]> {
  const { store } = inspection;
  const record = test.skips === null ? recordOf(test) : findRecord(test, test.skips.recordId);
  if (store === null || record === null) return [];
  const wanted = text.toLowerCase();
  const named = store
    .tests(record.id)
    .filter(({ name }) =>
      [' ', ' › '].some((mark) => name.join(mark).toLowerCase().includes(wanted)),
    );
  if (named.length === 0) return [];
  const isChanged = test.decision.affected && test.decision.reason === 'changed';
  const changes = (footprint: EncodedFootprint | null) => {
    const { view } = test.project.project;
    if (!isChanged || footprint === null || view === null) return NO_CHANGES;
    return changesOf(inspection, test.project, footprint, mismatch(decoded(footprint), view));
  };
  const shared = await changes(store.shared(record.id));
  const explained: TestExplanation[] = [];
  for (const one of named) {
    const own = await changes(one);
    const reason = reasonOf(inspection, test, one, own, shared);
    explained.push({
      name: one.name.join(' › '),
      duration: one.duration,
      wouldRun: reason !== 'unaffected' && reason !== 'skipped',
      reason,
      record: timesOf(record),
      own,
      shared,
    });
  }
  return explained;
}

function reasonOf(
  { request }: Inspection,
  { decision, skips, path, project }: InspectedTest,
  { position }: StoredTest,
  own: Changes,
  shared: Changes,
): TestExplanation['reason'] {
  if (!decision.affected) return 'unaffected';
  if (skips?.positions.includes(position) === true) return 'skipped';
  if (hasAny(own)) return 'own';
  if (hasAny(shared)) return 'shared';
  const byTest = request.options.granularity === 'test';
  return byTest && project.project.data?.testFiles.get(path)?.orderDependent === true
    ? 'order'
    : 'file';
}

function hasAny({ files, causes }: Changes): boolean {
  return files.length + causes.length > 0;
}
