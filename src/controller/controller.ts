import type { Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import type { Dependency, TestFileKey } from '../records/types';
import type { AwaitedSetups, RunFile } from '../run/run-file';
import type { BackgroundInputs } from '../run/background-inputs';
import { makeBatch, type StoredRecord, type StoredTest } from '../store';
import { swallowed } from '../terminal/debug';
import { messageOf } from '../terminal/error-message';
import { agreeOnShards } from './sharing/agreed-shards';
import { Answers } from './answers/answers';
import { CoverageCarrier } from './answers/coverage-carrier';
import { beginContext } from './steps/begin';
import { endWith } from './steps/end';
import type { Ending, Settlement } from './passes';
import type { JudgedTest } from './projects/project';
import { Publication } from './steps/publish';
import type { RunContext } from './run-context';
import { carriesCoverage, type RunRequest } from './run-request';
import { RunSelection } from './steps/select';
import { pullForRun } from './sharing/shared-run';
import { Shard } from './shard';
import type { FlakyOutcomes } from './checks/flaky-tests';
import { SpotChecks } from './checks/spot-checks';
import { countAsSelected, summarise, type RunCounts } from './run-counts';
import { announce, announceWithin } from './summary';
import { TimeBudget } from './time-budget';

/**
 * The life of one run in Jest's main process, which alone writes the database. The steps in order: `begin` creates
 * the environments before any worker starts, `select` decides, `publish` writes the run file that workers wait for,
 * `note…` receives what Jest reports of each test file, and `end` commits the journals and cleans up.
 */
export class Controller {
  readonly #run: RunContext;
  readonly #selection: RunSelection;
  readonly #orderDependent: TestFileKey[] = [];
  /** Milliseconds since the epoch. */
  readonly startedAt = Date.now();
  #publication: Publication | null = null;
  #shard: Shard | null = null;
  #spotChecks: SpotChecks | null = null;
  #counts: RunCounts | null = null;
  /** The projects that test files run of. */
  runningConfigs: readonly Config.ProjectConfig[] = [];
  /** What carries coverage into the report of this run; null where nothing does. */
  coverage: CoverageCarrier | null = null;
  #answers: Answers | null = null;
  #budget: TimeBudget | null;
  #ended = false;

  private constructor(run: RunContext) {
    this.#run = run;
    this.#budget = TimeBudget.of(run.request, this.startedAt);
    this.#selection = new RunSelection(run);
  }

  /**
   * Opens the database, finishes the runs of dead controllers, and finds or creates the environments.
   * @returns Null if the database cannot be used. The user was told why.
   */
  static begin(request: RunRequest, configs: readonly Config.ProjectConfig[]): Controller | null {
    const run = beginContext(request, configs);
    return run && new Controller(run);
  }

  /** Whether this run creates records. */
  get collects(): boolean {
    return this.#run.collects;
  }

  get request(): RunRequest {
    return this.#run.request;
  }

  /** The path of the run file. Null before it is published. */
  get runFile(): string | null {
    return this.#publication?.directory.runFile ?? null;
  }

  /** The numbers of the selection. Null before it is announced. */
  get counts(): RunCounts | null {
    return this.#counts;
  }

  /** The time that this run may take; null where it may take any. */
  get budget(): TimeBudget | null {
    return this.#budget;
  }

  /** The spot checks of this run. Null if there are none. */
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
    return (select && reportSkipped && !listing) || carriesCoverage(this.request);
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

  /** Returns the test files to run: the affected ones, or all if the run does not select. */
  running(judged: readonly JudgedTest[]): JudgedTest[] {
    return this.#selection.running(judged);
  }

  /**
   * Prints what was selected, before the tests run.
   * @param watchKey The key that runs everything. Null if there is none.
   */
  announce(judged: readonly JudgedTest[], listing: boolean, watchKey: string | null): void {
    // `--listTests` is not a run: it saves nothing and has no summary.
    if (listing) return;
    const { projects, collects } = this.#run;
    this.#counts = summarise(judged, projects.all);
    // If all records are outdated, the user was told already that everything runs.
    if (projects.areAllOutdated) return;
    announce({ ...this.request, collect: collects }, this.#counts, watchKey);
  }

  /**
   * The test files of this shard, where the shards of a run can agree on more than their names.
   * @param index From 1.
   * @returns Null where they divide as Jest does.
   */
  agreeOnShards(tests: readonly Test[], index: number, count: number): Promise<Test[] | null> {
    const { projects } = this.#run;
    const found = { tests, judged: this.#selection.judged };
    const environmentOf = (test: Test) => projects.of(test)?.environment;
    return agreeOnShards(this.request, found, environmentOf, { index, count });
  }

  /**
   * Notes that this run is one shard of several. The database stores that at once, so that a shard that dies shows
   * what it did not do.
   * @param index Counts from 1.
   * @param mine The test files that belong to this shard.
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
   * Chooses the spot checks and announces them.
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

  /** Adds the fastest of these unaffected test files to the run. Returns null if there is none. */
  runQuickest(tests: readonly Test[]): Test | null {
    const among = new Set(tests);
    const [first] = this.#selection.judged
      .filter(({ test }) => among.has(test))
      .sort((a, b) => (a.duration ?? 0) - (b.duration ?? 0));
    if (first === undefined) return null;
    countAsSelected(this.#counts, first);
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
    this.coverage = carriesCoverage(this.request)
      ? new CoverageCarrier(this.#run, (one) => countAsSelected(this.#counts, one))
      : null;
    return (this.#answers = new Answers(unaffected, readTestNames, this.coverage));
  }

  /** Returns the record by which a test file, or tests in it, were found unaffected. */
  recordOf(judged: JudgedTest): StoredRecord | undefined {
    return this.#selection.recordOf(judged);
  }

  /** Returns the unaffected tests of an affected test file. */
  unaffectedTestsOf(judged: JudgedTest): StoredTest[] {
    return this.#selection.unaffectedTestsOf(judged);
  }

  /** Returns what changed for an affected test file, as labels for the user. */
  changesFor(judged: JudgedTest): string[] {
    return this.#selection.changesFor(judged);
  }

  /**
   * Selects without our sequencer: Jest runs every test file, and workers skip all tests of the unaffected ones.
   * @param configId The id of the project's Jest config.
   */
  async selectWithin(configId: string): Promise<void> {
    if (this.#budget !== null)
      this.request.logger.warn(
        "there is no time budget in this run, as only a sequencer hears what was not reached; add testSequencer: 'jest-testmon/sequencer'.",
      );
    this.#budget = null;
    // Jest has not reported any manual mocks yet.
    for (const project of this.#run.projects.all) project.findMocks();
    const recorded = this.request.select ? await this.#selection.decideRecorded(configId) : [];
    this.#counts = summarise(recorded, this.#run.projects.all);
    if (!this.#run.projects.areAllOutdated)
      announceWithin({ ...this.request, collect: this.collects }, this.#counts);
  }

  /**
   * Publishes the run file. Workers may start only after that.
   * @param excluded Absolute paths of folders that affect no result.
   * @throws {UnsafeFolderError} If another user could replace our folder.
   * @throws {Error} If the temporary folder cannot be written.
   */
  publish(excluded: string[]): void {
    const deadline = this.#budget?.deadline ?? null;
    this.#publication = Publication.publish(this.#run, this.#selection, excluded, deadline);
  }

  /** The user's global setups that must run before tests are recorded. Null if there are none. */
  get beforeGlobalSetup(): AwaitedSetups | null {
    return this.#publication?.awaitedSetups ?? null;
  }

  /** Tells the workers which variables the global setups changed, and on what they depend. */
  noteGlobalSetup(setupInputs: Dependency[]): void {
    this.#publication?.noteGlobalSetup(setupInputs);
  }

  /** The runners that are not Jest's own, as absolute paths; the run file is null where nothing is recorded. */
  get ownRunners(): { run: RunFile | null; runners: string[] } {
    const run = this.collects ? this.#publication?.published : null;
    return { run: run ?? null, runners: this.#run.projects.otherRunners };
  }

  /** Null until `publish`. */
  get background(): BackgroundInputs | null {
    return this.#publication?.background ?? null;
  }

  /** Called if our reporter sees the outcome of every test file. */
  expectResults(): void {
    if (this.collects && this.#publication !== null)
      this.#run.outcomes.keepIn(this.#publication.directory.verdictFile);
  }

  /** From now on, a test file without an outcome has not passed: one of our plug points receives every outcome. */
  expectVerdicts(): void {
    this.#run.outcomes.decide();
  }

  /** Notes the outcome of a test file, as Jest reports it. That one passed whose tests workers skipped says nothing. */
  noteResult(configId: string, testPath: string, passed: boolean): void {
    const testFile = this.#run.projects.keyOf(configId, testPath);
    if (testFile === null || (passed && this.#selection.skips(configId, testFile.path))) return;
    this.background?.write(this.#run.projects.all);
    this.#run.outcomes.note(testFile, passed);
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

  /** Notes that a test failed that would have been skipped. From now on its test file runs as a whole. */
  noteOrderDependent(configId: string, testPath: string): void {
    const testFile = this.#run.projects.keyOf(configId, testPath);
    if (testFile !== null) this.#orderDependent.push(testFile);
  }

  /**
   * Commits the journals of the workers, removes all temporary files, and closes the database.
   * @param ending How the run ended.
   * @returns What is only decided when the process ends. Null if nothing is.
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
        carried: this.coverage?.carried ?? null,
        counts: this.#counts,
        startedAt: this.startedAt,
        orderDependent: this.#orderDependent,
        background: this.background,
      },
      ending,
    );
  }
}
