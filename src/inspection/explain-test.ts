import { decoded } from '../controller/projects/candidates';
import { mismatch, type EncodedFootprint } from '../selection/match';
import type { StoredTest } from '../store';
import { changesOf, NO_CHANGES, type Changes } from './changes';
import { findRecord, recordOf, timesOf, type Explanation } from './explain';
import type { InspectedTest, Inspection } from './inspection';

/** Why a single test would run now, or not. */
export interface TestExplanation {
  /** The titles of the describe blocks around it, then its own, joined by `›`. */
  name: string;
  /** Recorded milliseconds. */
  duration: number;
  wouldRun: boolean;
  /**
   * - `unaffected`: its test file need not run.
   * - `skipped`: its test file runs, and test granularity leaves this test out.
   * - `own`: what it executed or read itself has changed.
   * - `shared`: what all tests of its file share has changed.
   * - `order`: test granularity takes its file whole, as its tests were seen to depend on each other.
   * - `file`: its test file runs whole.
   */
  reason: 'unaffected' | 'skipped' | 'own' | 'shared' | 'order' | 'file';
  /** The record that was compared; null without one. */
  record: Explanation['record'];
  /** What it executed or read itself, and has changed. */
  own: Changes;
  /** What all tests of its file share, and has changed. */
  shared: Changes;
}

/** Explains single tests of a test file: those whose name holds a text. */
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
