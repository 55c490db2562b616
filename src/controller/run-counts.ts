import { dependencyLabel } from '../selection/match';
import type { Judgement, Project } from './projects/project';

/** What a run selected, in numbers. */
export interface RunCounts {
  total: number;
  selected: number;
  failedBefore: number;
  neverRecorded: number;
  /** Asked to run always. */
  always: number;
  /** What changed, as a person calls it: paths, packages, variables. */
  changed: string[];
  /** Tests that are skipped inside of affected test files. */
  skippedTests: number;
  /** Recorded milliseconds of the test files and tests that need not run. */
  saved: number;
}

/** A decision on a test file, with the id of its project's Jest config. */
export interface Decided extends Judgement {
  test: { context: { config: { id: string } } };
}

/** Counts a selection, and names what changed for the test files it affects. */
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
