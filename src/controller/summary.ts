import { dependencyLabel } from '../selection/match';
import type { RunRequest } from './run-request';
import { count, duration, some } from './messages';
import type { JudgedTest, Project } from './project';

/** What a run selected, in numbers. */
export interface RunCounts {
  total: number;
  selected: number;
  failedBefore: number;
  neverRecorded: number;
  /** What changed, as a person calls it: paths, packages, variables. */
  changed: string[];
  /** Recorded milliseconds of the test files that need not run. */
  saved: number;
}

/** Counts a selection, and names what changed for the test files it affects. */
export function summarise(judged: readonly JudgedTest[], projects: readonly Project[]): RunCounts {
  const changed = new Set<string>();
  for (const { verdict, test } of judged) {
    if (!verdict.affected || verdict.reason !== 'changed') continue;
    const data = projects.find(({ config }) => config.id === test.context.config.id)?.data;
    for (const id of verdict.mismatch.versions) {
      const version = data?.versions.get(id);
      if (version !== undefined) changed.add(version.path);
    }
    for (const id of verdict.mismatch.dependencies) {
      const dependency = data?.dependencies.get(id);
      if (dependency !== undefined) changed.add(dependencyLabel(dependency));
    }
  }
  const affected = judged.filter(({ verdict }) => verdict.affected);
  const because = (reason: string) =>
    affected.filter(({ verdict }) => verdict.affected && verdict.reason === reason).length;
  return {
    total: judged.length,
    selected: affected.length,
    failedBefore: because('failed'),
    neverRecorded: because('new'),
    changed: [...changed].sort(),
    saved: judged.reduce(
      (sum, { verdict, duration: took }) => sum + (verdict.affected ? 0 : (took ?? 0)),
      0,
    ),
  };
}

/** The line before the tests run. */
export function announce(
  { voice, select, collect, composition, options }: RunRequest,
  counts: RunCounts,
): void {
  const { total, selected, changed, failedBefore, neverRecorded } = counts;
  if (total === 0) return;
  if (!select) {
    const named = composition?.command.namesTests ?? [];
    if (named.length > 0 && options.select) {
      voice.say(
        `${named.join(' ')} names what to run, so ${count(total, 'test file')} run without selection${collect ? ' and are recorded' : ''}; --testmon-forceselect selects all the same.`,
      );
    } else
      voice.say(`selection is off: ${count(total, 'test file')} run, most likely to fail first.`);
    return;
  }
  if (composition?.coverageFromConfig === true) {
    voice.say(
      'coverage is off while selecting, as a partial report misleads; run with --coverage for the full one.',
    );
  }
  if (neverRecorded === total) {
    voice.say(
      `nothing is recorded yet in this environment: ${count(total, 'test file')} to run and record.`,
    );
    return;
  }
  if (selected === 0) {
    voice.say(
      `nothing affected: ${total === 1 ? '1 test file is' : `all ${total} test files are`} unchanged since they passed.`,
    );
    return;
  }
  const reasons: string[] = [];
  if (changed.length > 0) {
    const files = changed.filter((name) => !/^(package|variable) /.test(name)).length;
    const noun = files === changed.length ? 'changed file' : 'change';
    reasons.push(`by ${count(changed.length, noun)}${some(changed)}`);
  }
  if (failedBefore > 0) reasons.push(`${failedBefore} failed last time`);
  if (neverRecorded > 0) reasons.push(`${neverRecorded} new`);
  voice.say(`${selected} of ${count(total, 'test file')} affected ${reasons.join(', ')}`);
}

/** The line after the tests ran. */
export function conclude({ voice, select }: RunRequest, counts: RunCounts | null): void {
  if (counts === null || !select || counts.selected === counts.total) return;
  const skipped = counts.total - counts.selected;
  voice.say(
    `${count(skipped, 'test file')} not affected and not run, which saved about ${duration(counts.saved)} of test time.`,
  );
}
