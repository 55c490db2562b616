import type { Test } from '@jest/test-result';
import { getOrCreate } from '../../dependencies/get-or-create';
import type { RecordedCoverage, RecordedScripts } from '../../records/coverage';
import type { Store } from '../../store';
import type { CoverageOptions } from '../../workspace/transformed';
import type { JudgedTest, Project } from '../projects/project';
import { firstKnown, unaffectedRecords } from '../projects/unaffected-records';
import type { Carried } from './answers';
import { ProjectCoverage } from './project-coverage';
import { ProjectScripts } from './project-scripts';

/** What is known of unaffected test files. */
export interface CoverageSource<Judged extends JudgedTest> {
  store: Pick<Store, 'coverage' | 'coveredFile' | 'scripts'>;
  projectOf: (judged: Judged) => Project | undefined;
}

/** The coverage of unaffected test files, as far as it is known. */
export interface CarriedCoverage<Judged extends JudgedTest> {
  /** What the result of each test file brings along. */
  carried: Map<Test, Carried>;
  /** When the coverage of each of them was recorded, in milliseconds since the epoch. */
  recordedAt: number[];
  /** Test files whose coverage is not recorded. */
  unrecorded: Judged[];
  /** Test files of which nobody can tell what they would cover now. */
  unknown: Judged[];
  /** The coverage of a project. */
  of: (project: Project) => ProjectCoverage;
}

/**
 * Finds the coverage that unaffected test files would have if they ran.
 * @param judged Unaffected test files.
 * @param options What Jest tells its transformers of coverage.
 */
export async function carriedCoverage<Judged extends JudgedTest>(
  judged: readonly Judged[],
  { store, projectOf }: CoverageSource<Judged>,
  options: CoverageOptions,
): Promise<CarriedCoverage<Judged>> {
  const carried = new Map<Test, Carried>();
  const recordedAt: number[] = [];
  const unrecorded: Judged[] = [];
  const unknown: Judged[] = [];
  const byV8 = options.coverageProvider === 'v8';
  const projects = new Map<Project, ProjectCoverage>();
  const scripts = new Map<Project, ProjectScripts>();
  const of = (project: Project) =>
    getOrCreate(projects, project, () => new ProjectCoverage(project, options, store));
  for (const one of judged) {
    const project = projectOf(one);
    const recorded =
      project &&
      firstKnown(unaffectedRecords(project, one), (id) =>
        byV8 ? store.scripts(id) : store.coverage(id),
      );
    if (recorded == null || project === undefined) {
      unrecorded.push(one);
      continue;
    }
    const { record, known } = recorded;
    const found = isScripts(known)
      ? await getOrCreate(scripts, project, () => new ProjectScripts(project, options)).of(known)
      : (await of(project).add(one.test, record, known)) && {};
    if (found === null || found === false) unknown.push(one);
    else {
      carried.set(one.test, found);
      recordedAt.push(known.recordedAt);
    }
  }
  for (const coverage of projects.values())
    for (const [test, data] of coverage.broughtBy())
      carried.set(test as Test, { coverage: data as unknown as Carried['coverage'] });
  return { carried, recordedAt, unrecorded, unknown, of };
}

function isScripts(recorded: RecordedCoverage | RecordedScripts): recorded is RecordedScripts {
  return 'key' in recorded;
}

/** Test files whose coverage was carried into a report. */
export interface CarriedTestFiles {
  /** How many. */
  testFiles: number;
  /** When the oldest of it was recorded, in milliseconds since the epoch. */
  since: number;
}

/** @param recordedAt As `carriedCoverage` returns it. @returns Null where nothing is carried. */
export function carriedTestFiles(recordedAt: readonly number[]): CarriedTestFiles | null {
  if (recordedAt.length === 0) return null;
  const since = recordedAt.reduce((one, other) => Math.min(one, other));
  return { testFiles: recordedAt.length, since };
}

/** Since when there was coverage to carry, for a message. @param ago Says how long ago a time was. */
export function recordedSince(
  { testFiles, since }: CarriedTestFiles,
  ago: (at: number) => string,
): string {
  return `recorded ${testFiles === 1 ? ago(since) : `from ${ago(since)} on`}`;
}
