import { dependencyLabel } from '../selection/match';
import type { Judgement, Project } from './projects/project';

/** The numbers of a selection. */
export interface RunCounts {
  total: number;
  selected: number;
  failedBefore: number;
  neverRecorded: number;
  /** Test files that an option makes run always. */
  always: number;
  /** What changed, as labels for the user: paths, packages, variables. */
  changed: string[];
  /** Tests that are skipped in affected test files. */
  skippedTests: number;
  /** Recorded duration of the test files and tests that need not run, in milliseconds. */
  saved: number;
}

/** A decision on a test file, with the id of its project's Jest config. */
export interface Decided extends Judgement {
  test: { context: { config: { id: string } } };
}

/**
 * Counts an unaffected test file that runs all the same.
 * @param counts Changed. Null if nothing was counted.
 */
export function countAsSelected(counts: RunCounts | null, { duration = 0 }: Judgement): void {
  if (counts === null) return;
  counts.selected += 1;
  counts.saved -= duration;
}

/** Counts the results of a selection, and collects what changed for the affected test files. */
export function summarise(judged: readonly Decided[], projects: readonly Project[]): RunCounts {
  const changed = new Set<string>();
  for (const { decision, test } of judged) {
    if (!decision.affected || decision.reason !== 'changed') continue;
    const data = projects.find(({ config }) => config.id === test.context.config.id)?.data;
    for (const id of decision.mismatch.versions) {
      const version = data?.versions.get(id);
      if (version !== undefined) changed.add(version.path);
    }
    for (const id of decision.mismatch.dependencies) {
      const dependency = data?.dependencies.get(id);
      if (dependency !== undefined) changed.add(dependencyLabel(dependency));
    }
  }
  const affected = judged.filter(({ decision }) => decision.affected);
  const because = (reason: string) =>
    affected.filter(({ decision }) => decision.affected && decision.reason === reason).length;
  return {
    total: judged.length,
    selected: affected.length,
    failedBefore: because('failed'),
    neverRecorded: because('new'),
    always: because('always'),
    changed: [...changed].sort(),
    skippedTests: judged.reduce((sum, { skips }) => sum + (skips?.positions.length ?? 0), 0),
    saved: judged.reduce(
      (sum, { decision, duration: took, skips }) =>
        sum + (decision.affected ? (skips?.duration ?? 0) : (took ?? 0)),
      0,
    ),
  };
}
