import type { Test } from '@jest/test-result';
import type { StoredRecord, StoredTest } from '../../store';
import type { RunProject } from '../../run/run-file';
import { debug } from '../../terminal/debug';
import type { JudgedTest } from '../projects/project';
import type { RunContext } from '../run-context';
import { summarise, type Decided } from '../run-counts';

/** By relative path of a test file: the record that shows it unaffected. */
export type UnaffectedFiles = RunProject['skipped'];

const explainDecision = debug('selection');

/** What a run selects: the decisions on its test files, and what they rest on. */
export class RunSelection {
  readonly #run: RunContext;
  #judged: readonly JudgedTest[] = [];
  #unaffected: ReadonlyMap<string, UnaffectedFiles> = new Map();

  constructor(run: RunContext) {
    this.#run = run;
  }

  /** Every test file that was decided on; empty until `decide`. */
  get judged(): readonly JudgedTest[] {
    return this.#judged;
  }

  /** Decides on every test file, with a new database where the one at hand turns out to be damaged. */
  async decide(tests: readonly Test[]): Promise<JudgedTest[]> {
    try {
      return await this.#decide(tests);
    } catch (error) {
      if (!this.#run.replaceIfDamaged(error)) throw error;
      return this.#decide(tests);
    }
  }

  async #decide(tests: readonly Test[]): Promise<JudgedTest[]> {
    const { projects, partialFailures, store } = this.#run;
    const judged: JudgedTest[] = [];
    for (const project of projects.all) {
      const own = tests.filter((test) => test.context.config.id === project.config.id);
      const decided = projects.isOutdated(project)
        ? own.map((test) => project.unrecorded(test))
        : await project.judge(store, own);
      partialFailures.look(
        project,
        decided.map(({ path, decision }) => [path, decision]),
      );
      judged.push(...decided);
    }
    for (const { path, decision } of judged) explainDecision('%s: %o', path, decision);
    this.#judged = judged;
    return judged;
  }

  /**
   * Decides on all recorded test files of a project, where Jest does not tell which it is about to run: workers enter
   * those that are unaffected, and skip all of their tests.
   * @param configId The id of the project's Jest config.
   */
  async decideRecorded(configId: string): Promise<Decided[]> {
    const { projects, partialFailures, store } = this.#run;
    const project = projects.byId(configId);
    if (project === undefined || projects.isOutdated(project)) return [];
    const paths = [...store.load(project.environmentId).testFiles.keys()];
    const judged = await project.judgePaths(store, paths);
    partialFailures.look(
      project,
      Array.from(judged, ([path, { decision }]) => [path, decision]),
    );
    const unaffected = [...judged].flatMap(([path, { decision }]): [string, number][] =>
      decision.affected ? [] : [[path, decision.recordId]],
    );
    this.#unaffected = new Map([[configId, Object.fromEntries(unaffected)]]);
    const test = { context: { config: project.config } };
    return Array.from(judged.values(), (judgement) => ({ ...judgement, test }));
  }

  /** The test files of a project that workers enter and skip: Jest runs them, as its sequencer is not ours. */
  skippedOf(configId: string): UnaffectedFiles {
    return this.#unaffected.get(configId) ?? {};
  }

  /** The record by which a test file was found unaffected, or tests in it. */
  recordOf({ test, path, decision, skips }: JudgedTest): StoredRecord | undefined {
    const recordId = decision.affected ? skips?.recordId : decision.recordId;
    const known = this.#run.projects.of(test)?.data?.testFiles.get(path);
    return known?.records.find(({ id }) => id === recordId);
  }

  /** The tests of an affected test file that were found unaffected. */
  unaffectedTestsOf({ skips }: JudgedTest): StoredTest[] {
    if (skips === null) return [];
    const positions = new Set(skips.positions);
    return this.#run.store.tests(skips.recordId).filter(({ position }) => positions.has(position));
  }

  /** What changed for an affected test file, as a person calls it. */
  changesFor(judged: JudgedTest): string[] {
    return summarise([judged], this.#run.projects.all).changed;
  }
}
