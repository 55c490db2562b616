import * as fs from 'node:fs';
import { readSpotChecks } from '../config/spot-checks';
import type { RunSummary, StoredEscape } from '../store';
import { explain } from './explain';
import type { Inspection } from './inspection';

/** How a project stands. */
export interface Overview {
  /** Absolute path of the root. */
  root: string;
  projects: { name: string; testFiles: number; recorded: 'yes' | 'other' | 'no' }[];
  testFiles: number;
  affected: string[];
  /** With test granularity: tests of the affected test files that are skipped all the same. */
  skippedTests: number;
  /** Recorded milliseconds of what would run, and of all test files. */
  affectedDuration: number;
  duration: number;
  /** Those of the affected that failed last time. */
  failed: string[];
  /** Those never recorded. */
  unrecorded: string[];
  changedFiles: { path: string; functions: string[]; testFiles: number }[];
  /** What else changed, in a person's words. */
  changes: { text: string; testFiles: number }[];
  database: {
    file: string;
    /** Bytes; null where there is none. */
    size: number | null;
    /** Milliseconds since the epoch of the oldest and newest record in use; null without any. */
    oldest: number | null;
    newest: number | null;
    problem: string | null;
  };
  runs: { count: number; selected: number; total: number; saved: number; since: number } | null;
  spotChecks: SpotCheckOverview;
}

/** What spot checks did so far. */
export interface SpotCheckOverview {
  /** How many of a hundred unaffected test files a run checks; 0 where the option is off. */
  percent: number;
  /** Of how many test files one has been a spot check. */
  checked: number;
  /** Milliseconds since the epoch, of the last one; null where there was none. */
  latest: number | null;
  /** Those that failed, the open ones first: while there is one, everything runs. */
  escapes: StoredEscape[];
}

/**
 * How a project stands: what changed, what that affects, what failed, and how good the data is.
 * @param explained Hears how many affected test files have been explained.
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
  };
}

/** What spot checks did so far. */
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
