import * as fs from 'node:fs';
import { readSpotChecks } from '../config/spot-checks';
import type { RunSummary, StoredEscape } from '../store';
import { explain } from './explain';
import { flakyOverview, type FlakyOverview } from './flaky';
import type { Inspection } from './inspection';

/** A summary of a project. */
export interface Overview {
  /** Absolute path of the root. */
  root: string;
  projects: { name: string; testFiles: number; recorded: 'yes' | 'other' | 'no' }[];
  testFiles: number;
  affected: string[];
  /** With test granularity, the number of tests that are skipped in affected test files. */
  skippedTests: number;
  /** Recorded duration of the tests that would run, and of all test files, in milliseconds. */
  affectedDuration: number;
  duration: number;
  /** The affected test files that failed last time. */
  failed: string[];
  /** The test files without a record that counts. */
  unrecorded: string[];
  /** Those of them whose records are all of another tool chain. */
  outdated: string[];
  changedFiles: { path: string; functions: string[]; testFiles: number }[];
  /** Changed dependencies, described for the user. */
  changes: { text: string; testFiles: number }[];
  database: {
    file: string;
    /** In bytes. Null if there is no database. */
    size: number | null;
    /** Milliseconds since the epoch, of the oldest and the newest record that is in use. Null if there is none. */
    oldest: number | null;
    newest: number | null;
    problem: string | null;
  };
  runs: { count: number; selected: number; total: number; saved: number; since: number } | null;
  spotChecks: SpotCheckOverview;
  flaky: FlakyOverview;
}

/** A summary of the spot checks so far. */
export interface SpotCheckOverview {
  /** The share of the unaffected test files that a run checks, in percent. Zero if the option is off. */
  percent: number;
  /** The number of test files that were spot-checked at least once. */
  checked: number;
  /** When the last one took place, in milliseconds since the epoch. Null if there was none. */
  latest: number | null;
  /** The failed ones, the open ones first. While one is open, everything runs. */
  escapes: StoredEscape[];
}

/**
 * Summarizes a project: what changed, what that affects, what failed, and how much is recorded.
 * @param explained Called after each explanation with the number of affected test files that are explained so far.
 */
export async function makeOverview(
  inspection: Inspection,
  explained: (count: number) => void = () => undefined,
): Promise<Overview> {
  const { request, projects, tests, store, problem } = inspection;
  const affected = tests.filter(({ decision }) => decision.affected);
  const explanations = [];
  for (const test of affected) {
    explanations.push(await explain(inspection, test));
    explained(explanations.length);
  }
  const records = tests.flatMap(({ path, project }) => {
    const [latest] = project.project.data?.testFiles.get(path)?.records ?? [];
    return latest === undefined ? [] : [latest.recordedAt];
  });
  const files = new Map<string, { path: string; functions: Set<string>; testFiles: number }>();
  const changes = new Map<string, { text: string; testFiles: number }>();
  for (const explanation of explanations) {
    for (const { path, blocks } of explanation.files) {
      const file = files.get(path) ?? { path, functions: new Set<string>(), testFiles: 0 };
      files.set(path, file);
      for (const { name } of blocks) file.functions.add(name);
      file.testFiles += 1;
    }
    for (const { text } of explanation.causes) {
      const change = changes.get(text) ?? { text, testFiles: 0 };
      changes.set(text, change);
      change.testFiles += 1;
    }
  }
  return {
    root: request.root,
    projects: projects.map((project) => ({
      name: project.key.project,
      testFiles: tests.filter((test) => test.project === project).length,
      recorded: project.recorded,
    })),
    testFiles: tests.length,
    affected: affected.map(({ path }) => path),
    skippedTests: total(affected.map(({ skips }) => skips?.positions.length)),
    affectedDuration: total(
      affected.map(({ duration = 0, skips }) => Math.max(0, duration - (skips?.duration ?? 0))),
    ),
    duration: total(tests.map(({ duration }) => duration)),
    failed: explanations.filter(({ reason }) => reason === 'failed').map(({ path }) => path),
    unrecorded: explanations
      .filter(({ reason }) => reason === 'new' || reason === 'environment')
      .map(({ path }) => path),
    outdated: explanations.filter(({ reason }) => reason === 'environment').map(({ path }) => path),
    changedFiles: [...files.values()].map((file) => ({ ...file, functions: [...file.functions] })),
    changes: [...changes.values()],
    database: {
      file: request.dataFile,
      size: fs.statSync(request.dataFile, { throwIfNoEntry: false })?.size ?? null,
      oldest: records.length === 0 ? null : Math.min(...records),
      newest: records.length === 0 ? null : Math.max(...records),
      problem: problem?.message ?? null,
    },
    runs: sumRuns(store?.runs() ?? []),
    spotChecks: spotCheckOverview(inspection),
    flaky: flakyOverview(store),
  };
}

/** Summarizes the spot checks so far. */
export function spotCheckOverview({ request, store }: Inspection): SpotCheckOverview {
  const times = (store?.spotChecks() ?? []).map(({ checkedAt }) => checkedAt);
  return {
    percent: readSpotChecks(request.options.spotChecks)?.percent ?? 0,
    checked: times.length,
    latest: times.length === 0 ? null : Math.max(...times),
    escapes: store?.escapes() ?? [],
  };
}

function sumRuns(runs: readonly RunSummary[]): Overview['runs'] {
  const first = runs.at(-1);
  if (first === undefined) return null;
  return {
    count: runs.length,
    selected: total(runs.map(({ selected }) => selected)),
    total: total(runs.map(({ total: of }) => of)),
    saved: total(runs.map(({ saved }) => saved)),
    since: first.startedAt,
  };
}

function total(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((sum, number) => sum + (number ?? 0), 0);
}
