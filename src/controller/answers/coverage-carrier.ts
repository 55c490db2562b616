import type { Test } from '@jest/test-result';
import type { Config } from '@jest/types';
import { getOrCreate } from '../../dependencies/get-or-create';
import type { RecordedCoverage } from '../../records/coverage';
import type { StoredRecord } from '../../store';
import { swallowed } from '../../terminal/debug';
import { ago } from '../../terminal/age';
import { count } from '../../terminal/logger';
import { messageOf } from '../../terminal/error-message';
import type { JudgedTest, Project } from '../projects/project';
import type { RunContext } from '../run-context';
import type { RunSelection } from '../steps/select';
import type { CoverageOptions } from '../../workspace/transformed';
import type { AskedCoverage, Carried, CarriesCoverage } from './answers';
import { ProjectCoverage } from './project-coverage';

/** Why unaffected test files run in spite of that. */
const REASONS = {
  unrecorded: (one: boolean) => `${one ? 'its' : 'their'} coverage is not recorded yet`,
  unknown: (one: boolean) =>
    `what ${one ? 'it covers' : 'they cover'} cannot be told from what is recorded`,
} as const;

/** Carries the coverage of unaffected test files into the report of a run. */
export class CoverageCarrier implements CarriesCoverage {
  readonly #run: RunContext;
  readonly #selection: RunSelection;
  readonly #missing: Record<keyof typeof REASONS, JudgedTest[]> = { unrecorded: [], unknown: [] };
  readonly #runsAfterAll: (judged: JudgedTest) => void;
  #recordedAt: number[] = [];

  /** @param runsAfterAll Hears of each test file that has to run. */
  constructor(
    run: RunContext,
    selection: RunSelection,
    runsAfterAll: (judged: JudgedTest) => void,
  ) {
    this.#run = run;
    this.#selection = selection;
    this.#runsAfterAll = runsAfterAll;
  }

  /** The line at the end of the run. Empty where nothing is carried. */
  get summary(): string[] {
    const files = this.#recordedAt.length;
    if (files === 0) return [];
    const oldest = ago(this.#recordedAt.reduce((a, b) => Math.min(a, b)));
    return [
      `the report holds the coverage of ${count(files, 'test file')} that did not run, recorded ${files === 1 ? oldest : `from ${oldest} on`}`,
    ];
  }

  /** Carries the coverage of unaffected test files, and says how many of them have to run for the report. */
  async carry(
    judged: readonly JudgedTest[],
    asked: AskedCoverage,
  ): Promise<ReadonlyMap<Test, Carried>> {
    const carried = await this.#carry(judged, asked);
    for (const one of judged) if (!carried.has(one.test)) this.#runsAfterAll(one);
    return carried;
  }

  async #carry(
    judged: readonly JudgedTest[],
    asked: AskedCoverage,
  ): Promise<ReadonlyMap<Test, Carried>> {
    const reason = whyNothingIsCarried(asked.globalConfig);
    if (reason !== null) {
      this.#say(judged.length, reason);
      return new Map();
    }
    try {
      const carried = await this.#carryAll(judged, optionsOf(asked));
      for (const [why, tests] of Object.entries(this.#missing))
        this.#say(tests.length, REASONS[why as keyof typeof REASONS](tests.length === 1));
      return carried;
    } catch (error) {
      swallowed('controller', error, 'carrying coverage; everything runs');
      this.#recordedAt = [];
      this.#say(judged.length, `their coverage could not be carried (${messageOf(error)})`);
      return new Map();
    }
  }

  async #carryAll(
    judged: readonly JudgedTest[],
    options: CoverageOptions,
  ): Promise<Map<Test, Carried>> {
    const carried = new Map<Test, Carried>();
    const projects = new Map<Project, ProjectCoverage>();
    for (const one of judged) {
      const project = this.#run.projects.of(one.test);
      const known = this.#recorded(one);
      if (project === undefined || known === null) {
        this.#missing.unrecorded.push(one);
        continue;
      }
      const coverage = getOrCreate(projects, project, () => new ProjectCoverage(project, options));
      if (await coverage.add(one.test, known.record, known.coverage)) {
        carried.set(one.test, {});
        this.#recordedAt.push(known.coverage.recordedAt);
      } else this.#missing.unknown.push(one);
    }
    for (const coverage of projects.values())
      for (const [test, data] of coverage.broughtBy())
        carried.set(test as Test, { coverage: data as unknown as Carried['coverage'] });
    return carried;
  }

  #recorded(one: JudgedTest): { record: StoredRecord; coverage: RecordedCoverage } | null {
    const record = this.#selection.recordOf(one);
    const coverage = record === undefined ? null : this.#run.store.coverage(record.id);
    return record === undefined || coverage === null ? null : { record, coverage };
  }

  #say(files: number, why: string): void {
    if (files === 0) return;
    this.#run.request.logger.info(
      `${count(files, 'unaffected test file')} ${files === 1 ? 'runs' : 'run'} for the coverage report, as ${why}.`,
    );
  }
}

/** Why no coverage can be carried in a run. Null if it can. */
function whyNothingIsCarried({
  coverageProvider,
  testNamePattern = '',
}: Config.GlobalConfig): string | null {
  if (coverageProvider === 'v8') return 'what V8 counts is not carried';
  // What is recorded is the coverage of all tests of a file.
  if (testNamePattern !== '') return 'with -t no coverage is carried';
  return null;
}

/** What Jest tells its transformers of coverage. Source: jest-runner, `runTestInternal`. */
function optionsOf({ globalConfig, context }: AskedCoverage): CoverageOptions {
  const { changedFiles, sourcesRelatedToTestsInChangedFiles } = context;
  const { collectCoverage, collectCoverageFrom, coverageProvider, rootDir } = globalConfig;
  return {
    changedFiles,
    collectCoverage,
    collectCoverageFrom,
    coverageProvider,
    globalRootDir: rootDir,
    sourcesRelatedToTestsInChangedFiles,
  };
}
