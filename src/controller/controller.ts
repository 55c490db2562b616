import type { Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import type { Dependency, TestFileKey } from '../records/types';
import type { AwaitedSetups } from '../run/run-file';
import { makeBatch, type StoredRecord, type StoredTest } from '../store';
import { swallowed } from '../terminal/debug';
import { messageOf } from '../terminal/error-message';
import { agreeOnShards } from './sharing/agreed-shards';
import { Answers, type CarriedCoverage } from './answers/answers';
import { beginContext } from './steps/begin';
import { endWith } from './steps/end';
import type { Ending, Settlement } from './passes';
import type { JudgedTest } from './projects/project';
import { Publication } from './steps/publish';
import type { RunContext } from './run-context';
import type { RunRequest } from './run-request';
import { RunSelection } from './steps/select';
import { pullForRun } from './sharing/shared-run';
import { Shard } from './shard';
import type { FlakyOutcomes } from './checks/flaky-tests';
import { SpotChecks } from './checks/spot-checks';
import { summarise, type RunCounts } from './run-counts';
import { announce, announceWithin } from './summary';
import { TimeBudget } from './time-budget';

/**
 * The life of one run in Jest's main process, which alone writes the database. Its steps, in order: `begin` creates the
 * environments before any worker starts, `select` decides, `publish` writes the run file that workers wait for, `note…`
 * hears what Jest says of each test file, and `end` commits the journals and cleans up.
 */
export class Controller {
  readonly #run: RunContext;
  readonly #selection: RunSelection;
  readonly #orderDependent: TestFileKey[] = [];
  readonly #startedAt = Date.now();
  #publication: Publication | null = null;
  #shard: Shard | null = null;
  #spotChecks: SpotChecks | null = null;
  #counts: RunCounts | null = null;
  /** What an unaffected test file covers, in a run with coverage; to be set before `answerFor`. */
  carriedCoverage: CarriedCoverage | null = null;
  #answers: Answers | null = null;
  #budget: TimeBudget | null;
  #ended = false;

  private constructor(run: RunContext) {
    this.#run = run;
    this.#budget = TimeBudget.of(run.request, this.#startedAt);
    this.#selection = new RunSelection(run);
  }

  /**
   * Opens the database, finishes the work of controllers that died, and finds or creates the environments.
   * @returns Null where the database is of no use; what to say about it has been said.
   */
  static begin(request: RunRequest, configs: readonly Config.ProjectConfig[]): Controller | null {
    const run = beginContext(request, configs);
    return run && new Controller(run);
  }

  /** Whether this run leaves records. */
  get collects(): boolean {
    return this.#run.collects;
  }

  get request(): RunRequest {
    return this.#run.request;
  }

  /** The path of the run file once it is published. */
  get runFile(): string | null {
    return this.#publication?.directory.runFile ?? null;
  }

  /** The numbers of the selection, once it was announced. */
  get counts(): RunCounts | null {
    return this.#counts;
  }

  /** The time that this run may take; null where it may take any. */
  get budget(): TimeBudget | null {
    return this.#budget;
  }

  /** Those of this run; null where there are none. */
  get spotChecks(): SpotChecks | null {
    return this.#spotChecks;
  }

  /** The test files of this run that are reported as skipped; null where none are. */
  get answers(): Answers | null {
    return this.#answers;
  }

  /** Whether unaffected test files are reported as skipped. */
  get reportsSkipped(): boolean {
    const { select, reportSkipped, listing } = this.request;
    return select && reportSkipped && !listing;
  }

  /** Whether no test file runs, of which all has been said: Jest was started to report. */
  get onlyReports(): boolean {
    return this.#answers !== null && this.#counts?.selected === 0 && this.#spotChecks === null;
  }

  /** Takes in what other machines recorded. @returns Whether to begin again, by a database that holds more. */
  pull(): Promise<boolean> {
    return pullForRun(this.#run);
  }

  /** Decides on every test file. */
  select(tests: readonly Test[]): Promise<JudgedTest[]> {
    return this.#selection.decide(tests);
  }

  /** The test files that run, of those decided on: the affected ones, or all where nothing is selected. */
  running(judged: readonly JudgedTest[]): JudgedTest[] {
    return this.request.select ? judged.filter(({ decision }) => decision.affected) : [...judged];
  }

  /**
   * Says what was selected, before the tests run.
   * @param watchKey The key that runs everything, where there is one.
   */
  announce(judged: readonly JudgedTest[], listing: boolean, watchKey: string | null): void {
    // A list is no run: it saves nothing and has no place among them.
    if (listing) return;
    const { projects, collects } = this.#run;
    this.#counts = summarise(judged, projects.all);
    // Where all of it is outdated, it has been said that everything runs.
    if (projects.areAllOutdated) return;
    announce({ ...this.request, collect: collects }, this.#counts, watchKey);
  }

  /**
   * The test files of this shard, where the shards of a run can agree on more than their names.
   * @param index From 1.
   * @returns Null where they divide as Jest does.
   */
  async agreeOnShards(
    tests: readonly Test[],
    index: number,
    count: number,
  ): Promise<Test[] | null> {
    const { projects } = this.#run;
    const found = { tests, judged: this.#selection.judged };
    const environmentOf = (test: Test) => projects.of(test)?.environment;
    return agreeOnShards(this.request, found, environmentOf, { index, count });
  }

  /**
   * This run is one shard of several. Its database remembers that at once: a shard that dies shows what it did not do.
   * @param index From 1.
   * @param mine The test files that belong to it, of those decided on.
   */
  beginShard(index: number, count: number, mine: readonly Test[]): void {
    const { writable, store, projects } = this.#run;
    if (!writable) return;
    try {
      this.#shard = new Shard(
        { index, count, base: store.contentHash() },
        this.#selection.judged,
        mine,
        (test) => projects.of(test)?.environment,
      );
      store.commit(makeBatch({ notes: [this.#shard.note(() => false)] }), Date.now());
    } catch (error) {
      swallowed('controller', error, 'noting the shard; the commit at the end meets the same');
    }
  }

  /**
   * Chooses unaffected test files that run all the same, and says so.
   * @param mine The test files of this run, or of its shard.
   */
  chooseSpotChecks(mine: readonly Test[]): JudgedTest[] {
    const own = new Set(mine);
    try {
      this.#spotChecks = SpotChecks.choose(
        this.#run,
        this.#selection,
        this.#selection.judged.filter(({ test }) => own.has(test)),
      );
    } catch (error) {
      swallowed('controller', error, 'choosing spot checks; there are none');
      this.request.logger.warn(`there are no spot checks in this run (${messageOf(error)}).`);
    }
    this.#spotChecks?.announce();
    return this.#spotChecks?.judged ?? [];
  }

  /** Lets one of these unaffected test files run, the one that took the least time; null where there is none. */
  runQuickest(tests: readonly Test[]): Test | null {
    const among = new Set(tests);
    const [first] = this.#selection.judged
      .filter(({ test }) => among.has(test))
      .sort((a, b) => (a.duration ?? 0) - (b.duration ?? 0));
    if (first === undefined) return null;
    if (this.#counts !== null) {
      this.#counts.selected += 1;
      this.#counts.saved -= first.duration ?? 0;
    }
    return first.test;
  }

  /**
   * Chooses the unaffected test files that are reported as skipped.
   * @param mine The test files of this run, or of its shard.
   * @param running Those of them that run.
   */
  answerFor(mine: readonly Test[], running: readonly Test[]): Answers {
    const own = new Set(mine);
    for (const test of running) own.delete(test);
    const unaffected = this.#selection.judged.filter(
      ({ test, decision }) => own.has(test) && !decision.affected,
    );
    const readTestNames = (recordId: number) => this.#run.store.testNames(recordId);
    return (this.#answers = new Answers(unaffected, readTestNames, this.carriedCoverage));
  }

  /** The record by which a test file was found unaffected, or tests in it. */
  recordOf(judged: JudgedTest): StoredRecord | undefined {
    return this.#selection.recordOf(judged);
  }

  /** The tests of an affected test file that were found unaffected. */
  unaffectedTestsOf(judged: JudgedTest): StoredTest[] {
    return this.#selection.unaffectedTestsOf(judged);
  }

  /** What changed for an affected test file, as a person calls it. */
  changesFor(judged: JudgedTest): string[] {
    return this.#selection.changesFor(judged);
  }

  /**
   * Selects for a Jest whose sequencer is not ours: it runs every test file, and workers skip the tests of those that
   * are unaffected.
   * @param configId The id of the project's Jest config.
   */
  async selectWithin(configId: string): Promise<void> {
    if (this.#budget !== null)
      this.request.logger.warn(
        "there is no time budget in this run, as only a sequencer hears what was not reached; add testSequencer: 'jest-testmon/sequencer'.",
      );
    this.#budget = null;
    // Jest has told nothing of manual mocks by now.
    for (const project of this.#run.projects.all) project.findMocks();
    const recorded = this.request.select ? await this.#selection.decideRecorded(configId) : [];
    this.#counts = summarise(recorded, this.#run.projects.all);
    if (!this.#run.projects.areAllOutdated)
      announceWithin({ ...this.request, collect: this.collects }, this.#counts);
  }

  /**
   * Publishes the run file: only now may workers start.
   * @param excluded Absolute paths of folders that no test's result depends on.
   * @throws {UnsafeFolderError} Where others could put a folder in the place of ours.
   * @throws Where the temporary folder cannot be written.
   */
  publish(excluded: string[]): void {
    const deadline = this.#budget?.deadline ?? null;
    this.#publication = Publication.publish(this.#run, this.#selection, excluded, deadline);
  }

  /** The global setups of the user's that are yet to run before tests are recorded; null where there are none. */
  get beforeGlobalSetup(): AwaitedSetups | null {
    return this.#publication?.awaitedSetups ?? null;
  }

  /**
   * Tells the workers what the global setups did to the environment variables, and what they read.
   * @param setupInputs What they found in the project's files.
   */
  noteGlobalSetup(setupInputs: Dependency[]): void {
    this.#publication?.noteGlobalSetup(setupInputs);
  }

  /** A reporter of ours sees every test file come to its end. */
  expectResults(): void {
    if (this.collects && this.#publication !== null)
      this.#run.outcomes.keepIn(this.#publication.directory.verdictFile);
  }

  /** A plug point of ours hears what Jest says of every test file: without that, nothing passed. */
  expectVerdicts(): void {
    this.#run.outcomes.decide();
  }

  /** How a test file came out, as Jest sees it. It also sees crashes, which leave no journal. */
  noteResult(configId: string, testPath: string, passed: boolean): void {
    const testFile = this.#run.projects.keyOf(configId, testPath);
    if (testFile !== null) this.#run.outcomes.note(testFile, passed);
  }

  /** How the tests of a test file came out. */
  noteTests(configId: string, testPath: string, result: TestResult, passed: boolean): void {
    const testFile = this.#run.projects.keyOf(configId, testPath);
    if (testFile !== null) this.#run.flakyTests.note(testFile, result, passed);
  }

  /** What this run saw of flaky tests; all of it once it has ended. */
  get flaky(): FlakyOutcomes {
    return this.#run.flakyTests.outcomes;
  }

  /** A test that would have been skipped failed: from now on its test file is taken whole. */
  noteOrderDependent(configId: string, testPath: string): void {
    const testFile = this.#run.projects.keyOf(configId, testPath);
    if (testFile !== null) this.#orderDependent.push(testFile);
  }

  /**
   * Commits what the workers journaled, removes everything temporary, and closes the database.
   * @param ending How the run came to its end.
   * @returns What becomes final as the process ends; null where there is nothing.
   */
  end(ending: Ending): Settlement | null {
    if (this.#ended) return null;
    this.#ended = true;
    return endWith(
      {
        context: this.#run,
        selection: this.#selection,
        directory: this.#publication?.directory ?? null,
        shard: this.#shard,
        spotChecks: this.#spotChecks,
        unreached: this.#budget?.unreached ?? 0,
        counts: this.#counts,
        startedAt: this.#startedAt,
        orderDependent: this.#orderDependent,
      },
      ending,
    );
  }
}
