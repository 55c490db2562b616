import type { Test, TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import { swallowed } from '../../terminal/debug';
import { ago } from '../../terminal/age';
import { count } from '../../terminal/logger';
import { messageOf } from '../../terminal/error-message';
import type { JudgedTest } from '../projects/project';
import type { RunContext } from '../run-context';
import type { CoverageOptions } from '../../workspace/transformed';
import type { FileCoverage } from '../../coverage/file-coverage';
import { contextsOf } from '../projects/project';
import type { AskedCoverage, Carried, CarriesCoverage } from './answers';
import {
  carriedCoverage,
  carriedTestFiles,
  recordedSince,
  type CarriedCoverage,
  type CarriedTestFiles,
} from './carried-coverage';
import { coverageOfUntested } from './untested-files';

/** Why unaffected test files run in spite of that. */
const REASONS = {
  unrecorded: (one: boolean) => `${one ? 'its' : 'their'} coverage is not recorded yet`,
  unknown: (one: boolean) =>
    `what ${one ? 'it covers' : 'they cover'} cannot be told from what is recorded`,
} as const;

/** Carries the coverage of unaffected test files into the report of a run. */
export class CoverageCarrier implements CarriesCoverage {
  readonly #run: RunContext;
  readonly #runsAfterAll: (judged: JudgedTest) => void;
  #found: CarriedCoverage<JudgedTest> | null = null;

  /** @param runsAfterAll Hears of each test file that has to run. */
  constructor(run: RunContext, runsAfterAll: (judged: JudgedTest) => void) {
    this.#run = run;
    this.#runsAfterAll = runsAfterAll;
  }

  /** The test files that did not run, and whose coverage is in the report. Null where there are none. */
  get carried(): CarriedTestFiles | null {
    return carriedTestFiles(this.#found?.recordedAt ?? []);
  }

  /** The line at the end of the run. Empty where nothing is carried. */
  get summary(): string[] {
    const { carried } = this;
    if (carried === null) return [];
    return [
      `the report holds the coverage of ${count(carried.testFiles, 'test file')} that did not run, ${recordedSince(carried, ago)}`,
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

  /** The coverage data of the files that nothing loads. */
  async untested(
    tests: readonly Test[],
    { globalConfig }: AskedCoverage,
    isCovered: (file: string) => boolean,
  ): Promise<Record<string, FileCoverage>> {
    const found = this.#found;
    // For V8, Jest only asks for the size of such a file.
    if (found === null || globalConfig.coverageProvider === 'v8') return {};
    const { collectCoverageFrom, rootDir } = globalConfig;
    const { projects, request } = this.#run;
    const coverageOf = (context: TestContext) => {
      const project = projects.of({ context });
      return project && found.of(project);
    };
    const contexts = contextsOf(tests);
    return coverageOfUntested(
      { contexts, collectCoverageFrom, rootDir, root: request.root, coverageOf },
      isCovered,
    );
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
      const { store, projects } = this.#run;
      const source = { store, projectOf: ({ test }: JudgedTest) => projects.of(test) };
      const found = await carriedCoverage(judged, source, optionsOf(asked));
      this.#found = found;
      for (const why of ['unrecorded', 'unknown'] as const)
        this.#say(found[why].length, REASONS[why](found[why].length === 1));
      return found.carried;
    } catch (error) {
      swallowed('controller', error, 'carrying coverage; everything runs');
      this.#say(judged.length, `their coverage could not be carried (${messageOf(error)})`);
      return new Map();
    }
  }

  #say(files: number, why: string): void {
    if (files === 0) return;
    this.#run.request.logger.info(
      `${count(files, 'unaffected test file')} ${files === 1 ? 'runs' : 'run'} for the coverage report, as ${why}.`,
    );
  }
}

/** Why no coverage can be carried in a run. Null if it can. */
function whyNothingIsCarried({ testNamePattern = '' }: Config.GlobalConfig): string | null {
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
