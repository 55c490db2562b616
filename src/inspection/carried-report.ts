import type { CoverageReporter } from '@jest/reporters';
import type { AggregatedResult, Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import {
  carriedCoverage,
  type CarriedCoverage,
  type CoverageSource,
} from '../controller/answers/carried-coverage';
import {
  coverageOfUntested,
  isCoveredBy,
  withUntested,
} from '../controller/answers/untested-files';
import { contextsOf } from '../controller/projects/project';
import { fromJest } from '../run/user-jest';
import type { CoverageOptions } from '../workspace/transformed';
import { InspectionError, type InspectedTest, type Inspection } from './inspection';

/** The test files whose coverage is not known without running them. */
export interface LackingTestFiles {
  /** They would run now. */
  affected: readonly InspectedTest[];
  /** Their coverage is not recorded. */
  unrecorded: readonly InspectedTest[];
  /** Nobody can tell what they would cover now. */
  unknown: readonly InspectedTest[];
}

/** A coverage report from what is recorded alone. */
export interface CarriedReport extends LackingTestFiles {
  /** When the coverage of each test file in it was recorded, in milliseconds since the epoch. */
  recordedAt: readonly number[];
}

/** The parts of Jest's global config that reports of coverage are made by. */
export type ReportConfig = Pick<
  Config.GlobalConfig,
  'collectCoverageFrom' | 'coverageProvider' | 'rootDir' | 'testFailureExitCode'
>;

/** The config by which Jest would report. @throws {InspectionError} If it is not known. */
export function reportConfig({ request }: Inspection): ReportConfig {
  const { composition } = request;
  if (composition === null)
    throw new InspectionError("testmon: Jest's config is not known, so no report can be made.");
  return composition.effective as unknown as ReportConfig;
}

/** Finds the coverage of all test files that would not run now, and of what none of them loads. */
export async function carryAll(
  { tests, store, projects, request }: Inspection,
  config: ReportConfig,
): Promise<{ report: CarriedReport; carried: CarriedCoverage<InspectedTest>['carried'] }> {
  const affected = tests.filter(({ decision }) => decision.affected);
  const others = tests.filter(({ decision }) => !decision.affected);
  const source: CoverageSource<InspectedTest> = {
    store: {
      coverage: (recordId) => store?.coverage(recordId) ?? null,
      coveredFile: (...file) => store?.coveredFile(...file) ?? null,
      scripts: (recordId) => store?.scripts(recordId) ?? null,
    },
    projectOf: ({ project }) => project.project,
  };
  const { carried, recordedAt, unrecorded, unknown, of } = await carriedCoverage(
    others,
    source,
    coverageOptions(config),
  );
  const [bringer] = carried.keys();
  // For V8, Jest only asks for the size of files that nothing loads.
  if (bringer !== undefined && config.coverageProvider !== 'v8') {
    const untested = await coverageOfUntested(
      {
        contexts: contextsOf(tests.map(({ test }) => test)),
        ...config,
        root: request.root,
        coverageOf: ({ config: { id } }) => {
          const found = projects.find(({ project }) => project.config.id === id);
          return found && of(found.project);
        },
      },
      isCoveredBy(carried),
    );
    carried.set(bringer, withUntested(carried.get(bringer), untested));
  }
  return { report: { recordedAt, unrecorded, unknown, affected }, carried };
}

/** What Jest would tell its transformers of coverage in a run of everything. */
export function coverageOptions({
  collectCoverageFrom,
  coverageProvider,
  rootDir,
}: ReportConfig): CoverageOptions {
  return {
    collectCoverage: true,
    collectCoverageFrom,
    coverageProvider,
    globalRootDir: rootDir,
    changedFiles: undefined,
    sourcesRelatedToTestsInChangedFiles: undefined,
  };
}

/**
 * Writes a report by Jest's own reporter, which also judges the thresholds and says which are missed.
 * @param tests All test files that Jest finds.
 * @returns Whether the thresholds are met.
 */
export async function writeReport(
  tests: readonly Test[],
  carried: CarriedCoverage<InspectedTest>['carried'],
  config: ReportConfig,
): Promise<boolean> {
  const load = fromJest('@jest/reporters', config.rootDir);
  const { CoverageReporter: Reporter } = load('@jest/reporters') as {
    CoverageReporter: typeof CoverageReporter;
  };
  // Jest's own context says more, of which this reporter reads nothing in a run of everything.
  const context = { firstRun: true, previousSuccess: true } as ConstructorParameters<
    typeof CoverageReporter
  >[1];
  const reporter = new Reporter(config as Config.GlobalConfig, context);
  for (const [test, brought] of carried) reporter.onTestResult(test, brought as TestResult);
  await reporter.onRunComplete(new Set(contextsOf(tests)), {} as AggregatedResult);
  return reporter.getLastError() === undefined;
}
