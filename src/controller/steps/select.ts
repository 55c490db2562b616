import * as fs from 'node:fs';
import type { Test } from '@jest/test-result';
import { fromStored } from '../../dependencies/files/paths';
import { recordWithId } from '../../records/record-with-id';
import type { StoredRecord, StoredTest } from '../../store';
import type { RunProject } from '../../run/run-file';
import { debug } from '../../terminal/debug';
import type { JudgedTest } from '../projects/project';
import { firstKnown, unaffectedRecords } from '../projects/unaffected-records';
import type { RunContext } from '../run-context';
import { summarise, type Decided } from '../run-counts';

/** By stored path of a test file: the id of the record that shows it unaffected. */
export type UnaffectedFiles = RunProject['skipped'];

const explainDecision = debug('selection');

/** The selection of a run: the decisions on its test files, and the records they are based on. */
export class RunSelection {
  readonly #run: RunContext;
  #judged: readonly JudgedTest[] = [];
  #unaffected: ReadonlyMap<string, UnaffectedFiles> = new Map();

  constructor(run: RunContext) {
    this.#run = run;
  }

  /** All test files with a decision. Empty before `decide`. */
  get judged(): readonly JudgedTest[] {
    return this.#judged;
  }

  /** Decides on every test file. If the database turns out to be damaged, decides again with a new one. */
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
   * Decides on all recorded test files of a project that exist. Used if Jest does not tell which ones it will run: workers load
   * the unaffected ones, and skip all of their tests.
   * @param configId The id of the project's Jest config.
   */
  async decideRecorded(configId: string): Promise<Decided[]> {
    const { projects, partialFailures, request, store } = this.#run;
    const project = projects.byId(configId);
    if (project === undefined || projects.isOutdated(project)) return [];
    // Of one that another branch has, records are kept.
    const paths = [...store.load(project.environmentId).testFiles.keys()].filter((path) =>
      fs.existsSync(fromStored(request.root, path)),
    );
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

  /**
   * Returns the unaffected test files of a project that Jest runs all the same, because it does not use our
   * sequencer. Workers skip their tests.
   */
  skippedOf(configId: string): UnaffectedFiles {
    return this.#unaffected.get(configId) ?? {};
  }

  /** @param path Stored path. @returns Whether workers skip the tests of that test file. */
  skips(configId: string, path: string): boolean {
    return Object.hasOwn(this.skippedOf(configId), path);
  }

  /** Returns the record by which a test file, or tests in it, were found unaffected. */
  recordOf({ test, path, decision, skips }: JudgedTest): StoredRecord | undefined {
    const recordId = decision.affected ? skips?.recordId : decision.recordId;
    return recordWithId(this.#run.projects.of(test)?.data, path, recordId);
  }

  /** Returns the test files to run: the affected ones, or all if the run does not select. */
  running(judged: readonly JudgedTest[]): JudgedTest[] {
    if (!this.#run.request.select) return [...judged];
    return judged.filter((one) => one.decision.affected || this.#isListedForReport(one));
  }

  /** Whether a list names an unaffected test file, as a run with coverage takes it: what it covers is not recorded. */
  #isListedForReport(judged: JudgedTest): boolean {
    const { listing, coverage, coveredByV8 } = this.#run.request;
    if (!listing || !coverage) return false;
    const { projects, store } = this.#run;
    const project = projects.of(judged.test);
    if (project === undefined) return true;
    const records = unaffectedRecords(project, judged);
    const known = firstKnown(records, (id) =>
      coveredByV8 ? store.scripts(id) : store.coverage(id),
    );
    return known === null;
  }

  /** Returns the unaffected tests of an affected test file. */
  unaffectedTestsOf({ skips }: JudgedTest): StoredTest[] {
    if (skips === null) return [];
    const positions = new Set(skips.positions);
    return this.#run.store.tests(skips.recordId).filter(({ position }) => positions.has(position));
  }

  /** Returns what changed for an affected test file, as labels for the user. */
  changesFor(judged: JudgedTest): string[] {
    return summarise([judged], this.#run.projects.all).changed;
  }
}
