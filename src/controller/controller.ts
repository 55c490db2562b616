import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Test } from '@jest/test-result';
import type { Config } from '@jest/types';
import { PackageReader } from '../dependencies/packages/packages';
import { fromStored } from '../dependencies/files/paths';
import { sharedHashMemo } from '../dependencies/slow-hash';
import { ignoredVariables, variableValue } from '../dependencies/variables';
import {
  publishRunFile,
  RUN_FILE_VERSION,
  type AwaitedSetups,
  type RunFile,
  type RunProject,
} from '../run/run-file';
import { announce as announceRun, RUN_FILE_VARIABLE } from '../run/run-variables';
import {
  asStoreError,
  makeBatch,
  quarantineDatabase,
  SHARD_NOTE,
  type CommitBatch,
  type Store,
  type StoredRecord,
  type StoredTest,
} from '../store';
import type { Dependency, TestFileKey, TestFileRecord } from '../records/types';
import { finishAbandonedRuns } from './abandoned-runs';
import {
  findEnvironments,
  knownEnvironments,
  NO_ROW,
  packageCache,
  usersOwn,
} from './environments';
import { RunResults } from './run-results';
import { heedEscapes } from './escapes';
import type { Ending, KeptJournals, Passes } from './passes';
import { identityOf, messageOf, openStore, replaceDamaged, type OpenedStore } from './open-store';
import { PartialFailures } from './partial-failures';
import { count, some } from '../terminal/logger';
import { withProgress } from '../terminal/progress';
import { Project, type JudgedTest } from './project';
import { RunDirectory } from '../run/run-directory';
import type { RunRequest } from './run-request';
import { Shard } from './shard';
import { SpotChecks } from './spot-checks';
import {
  summarise,
  announce,
  sayDoubtful,
  sayOrderDependent,
  sayPartialFailures,
  type RunCounts,
} from './summary';
import { keyOf, TestOutcomes } from '../run/test-outcomes';
import { WorkingTree } from '../workspace/working-tree';

/** Our own code: it may stand outside of node_modules, and no result depends on it. */
const OWN_FOLDER = path.join(__dirname, '..');

/**
 * The life of one run in Jest's main process: it alone writes the database. It creates the environments before any
 * worker starts, selects, publishes the run file, commits the journals, and cleans up.
 */
export class Controller {
  #request: RunRequest;
  readonly #configs: readonly Config.ProjectConfig[];
  #store: Store;
  readonly #writable: boolean;
  #identity: string | null;
  readonly #packages: PackageReader;
  readonly #tree: WorkingTree;
  readonly #projects = new Map<string, Project>();
  /** Those whose records are all of another tool chain, in a database that is read-only: nothing is selected by them. */
  readonly #outdated = new Set<Project>();
  readonly #outcomes = new TestOutcomes();
  readonly #orderDependent: NonNullable<CommitBatch['orderDependent']> = [];
  #directory: RunDirectory | null = null;
  #published: RunFile | null = null;
  /** The environment variables at publication. */
  #variables: NodeJS.ProcessEnv = {};
  #judged: JudgedTest[] = [];
  #shard: Shard | null = null;
  #spotChecks: SpotChecks | null = null;
  #partialFailures: PartialFailures;
  #counts: RunCounts | null = null;
  #ended = false;
  /** The time of the database's last commit when this run began. */
  #began = 0;
  readonly #startedAt = Date.now();

  private constructor(
    request: RunRequest,
    configs: readonly Config.ProjectConfig[],
    { store, writable, identity }: OpenedStore,
  ) {
    this.#request = request;
    this.#configs = configs;
    this.#store = store;
    this.#writable = writable;
    this.#identity = identity;
    this.#packages = new PackageReader(request.root, packageCache(request.root, configs));
    this.#tree = WorkingTree.seenFrom(request.root, this.#packages, () => this.#store, {
      ignoresVariable: ignoredVariables(request.options.ignoreVariables),
    });
    this.#partialFailures = new PartialFailures(store, this.#tree);
  }

  /**
   * Opens the database, finishes the work of controllers that died, and finds or creates the environments.
   * @returns Null where the database is of no use; what to say about it has been said.
   */
  static begin(request: RunRequest, configs: readonly Config.ProjectConfig[]): Controller | null {
    const { dataFile, logger } = request;
    for (
      let opened = openStore(dataFile, logger), replaced = false;
      opened !== null;
      replaced = true
    ) {
      try {
        const controller = new Controller(request, configs, opened);
        if (opened.writable) finishAbandonedRuns(opened.store, dataFile, logger);
        controller.#request = heedEscapes(request, opened);
        controller.#createEnvironments();
        controller.#began = opened.store.time();
        if (!opened.writable) controller.#saySelectsReadonly();
        return controller;
      } catch (error) {
        opened.store.close();
        const known = asStoreError(error, dataFile);
        // Some damage shows only where a page is read.
        if (known.reason === 'damaged' && opened.writable && !replaced) {
          opened = replaceDamaged(dataFile, known, logger, opened.identity);
          continue;
        }
        logger.warn(`${explain(error, dataFile)} Everything runs and nothing is recorded.`);
        return null;
      }
    }
    return null;
  }

  /** Whether this run leaves records. */
  get collects(): boolean {
    return this.#request.collect && this.#writable;
  }

  get request(): RunRequest {
    return this.#request;
  }

  /** The path of the run file once it is published. */
  get runFile(): string | null {
    return this.#directory?.runFile ?? null;
  }

  /** Decides on every test file and says what was decided. */
  async select(tests: readonly Test[]): Promise<JudgedTest[]> {
    try {
      return await this.#judge(tests);
    } catch (error) {
      if (!this.#replaceStore(error)) throw error;
      return this.#judge(tests);
    }
  }

  async #judge(tests: readonly Test[]): Promise<JudgedTest[]> {
    const judged: JudgedTest[] = [];
    for (const project of this.#projects.values()) {
      const own = tests.filter((test) => test.context.config.id === project.config.id);
      const decided = this.#outdated.has(project)
        ? own.map((test) => project.unrecorded(test))
        : await project.judge(this.#store, own);
      this.#partialFailures.look(
        project,
        decided.map(({ path, decision }) => [path, decision]),
      );
      judged.push(...decided);
    }
    this.#judged = judged;
    return judged;
  }

  /**
   * This run is one shard of several. Its database remembers that at once: a shard that dies shows what it did not do.
   * @param mine The test files that belong to it, of those decided on.
   */
  beginShard(index: number, count: number, mine: readonly Test[]): void {
    if (!this.#writable) return;
    try {
      const base = this.#store.contentHash();
      this.#shard = new Shard(
        { index, count, base },
        this.#judged,
        mine,
        (test) => this.#projects.get(test.context.config.id)?.environment,
      );
      this.#store.commit(makeBatch({ notes: [this.#shard.note(() => false)] }), Date.now());
    } catch {
      // The commit at the end meets the same trouble, and says so.
    }
  }

  /**
   * Chooses unaffected test files that run all the same, and says so.
   * @param mine The test files of this run, or of its shard.
   */
  chooseSpotChecks(mine: readonly Test[]): JudgedTest[] {
    const own = new Set(mine);
    const run = {
      request: this.#request,
      store: this.#store,
      projectOf: ({ test }: JudgedTest) => this.#projects.get(test.context.config.id),
      recordOf: (judged: JudgedTest) => this.recordOf(judged),
    };
    try {
      this.#spotChecks = SpotChecks.choose(
        run,
        this.#judged.filter(({ test }) => own.has(test)),
      );
    } catch (error) {
      this.#request.logger.warn(`there are no spot checks in this run (${messageOf(error)}).`);
    }
    this.#spotChecks?.announce();
    return this.#spotChecks?.judged ?? [];
  }

  /** Those of this run; null where there are none. */
  get spotChecks(): SpotChecks | null {
    return this.#spotChecks;
  }

  /** The test files that run, of those decided on: the affected ones, or all where nothing is selected. */
  running(judged: readonly JudgedTest[]): JudgedTest[] {
    return this.#request.select ? judged.filter(({ decision }) => decision.affected) : [...judged];
  }

  /** The record by which a test file was found unaffected, or tests in it. */
  recordOf({ test, path, decision, skips }: JudgedTest): StoredRecord | undefined {
    const recordId = decision.affected ? skips?.recordId : decision.recordId;
    const known = this.#projects.get(test.context.config.id)?.data?.testFiles.get(path);
    return known?.records.find(({ id }) => id === recordId);
  }

  /** The tests of an affected test file that were found unaffected. */
  unaffectedTestsOf({ skips }: JudgedTest): StoredTest[] {
    if (skips === null) return [];
    const positions = new Set(skips.positions);
    return this.#store.tests(skips.recordId).filter(({ position }) => positions.has(position));
  }

  /** What changed for an affected test file, as a person calls it. */
  changesFor(judged: JudgedTest): string[] {
    return summarise([judged], [...this.#projects.values()]).changed;
  }

  /**
   * Says what was selected, before the tests run.
   * @param watchKey The key that runs everything, where there is one.
   */
  announce(judged: readonly JudgedTest[], listing: boolean, watchKey: string | null): void {
    const projects = [...this.#projects.values()];
    // A list is no run: it saves nothing and has no place among them.
    if (listing) return;
    this.#counts = summarise(judged, projects);
    // Where all of it is outdated, it has been said that everything runs.
    if (projects.length > 0 && projects.every((project) => this.#outdated.has(project))) return;
    announce({ ...this.#request, collect: this.collects }, this.#counts, watchKey);
  }

  /** Paths of the test files that were found unaffected, by project id: for a Jest whose sequencer is not ours. */
  unaffectedByProject(judged: ReadonlyMap<string, string[]>): void {
    this.#skipped = judged;
  }
  #skipped: ReadonlyMap<string, string[]> = new Map();

  /** Looks for manual mocks itself, as a Jest whose sequencer is not ours tells nothing of them. */
  findMocks(): void {
    for (const project of this.#projects.values()) project.findMocks();
  }

  /** The recorded test files of a project that need not run, by relative path. */
  async unaffectedPaths(projectId: string): Promise<string[]> {
    const project = this.#projects.get(projectId);
    if (project === undefined || this.#outdated.has(project)) return [];
    const paths = [...this.#store.load(project.environmentId).testFiles.keys()];
    const judged = await project.judgePaths(this.#store, paths);
    this.#partialFailures.look(
      project,
      Array.from(judged, ([path, { decision }]) => [path, decision]),
    );
    return paths.filter((path) => judged.get(path)?.decision.affected === false);
  }

  /** The global setups of the user's that are yet to run before tests are recorded; null where there are none. */
  get beforeGlobalSetup(): AwaitedSetups | null {
    const setups = usersOwn(
      [this.#request.composition, ...this.#configs].map((config) => config?.globalSetup),
    );
    const run = this.#published;
    return run !== null && this.collects && setups.length > 0 ? { run, setups } : null;
  }

  /** Publishes the run file: only now may workers start. */
  publish(excluded: string[]): void {
    const { options, root, dataFile } = this.#request;
    const directory = RunDirectory.create(dataFile);
    const projects: Record<string, RunProject> = {};
    for (const [id, project] of this.#projects) {
      const { id: environmentId, ...environment } = project.environment;
      projects[id] = {
        environmentId,
        environment,
        skipped: this.#skipped.get(id) ?? [],
        mocks: project.facts.mocks,
        skippedTests: Object.fromEntries(
          Array.from(this.#skipsOf(project), ([path, { recordId, positions }]) => [
            path,
            { recordId, positions },
          ]),
        ),
      };
    }
    this.#published = {
      version: RUN_FILE_VERSION,
      runId: directory.runId,
      pid: process.pid,
      began: this.#began,
      directory: directory.path,
      root,
      dataFile,
      collect: this.collects,
      typeErrors: options.typeErrors,
      excluded: [...excluded, OWN_FOLDER, directory.path, dataFile],
      ignore: options.ignore,
      ignoreVariables: options.ignoreVariables,
      variableNames: this.#tree.variableNames,
      hashMemo: sharedHashMemo(path.join(directory.path, 'hashes')),
      setupVariables: {},
      setupInputs: [],
      packageCache: packageCache(root, this.#configs),
      projects,
    };
    // Workers read the same packages.
    this.#packages.keep();
    try {
      publishRunFile(directory.runFile, this.#published);
    } catch (error) {
      directory.remove();
      throw error;
    }
    this.#directory = directory;
    announceRun(RUN_FILE_VARIABLE, directory.runFile);
    this.#variables = { ...process.env };
  }

  /**
   * Tells the workers which environment variables the global setup changed. Selection comes before the next one, so
   * records must keep what was there before; the setup itself belongs to the tool chain.
   * @param setupInputs What it found in the project's files.
   */
  noteGlobalSetup(setupInputs: Dependency[]): void {
    if (this.#published === null || this.runFile === null) return;
    const before = this.#variables;
    const changed = [...new Set([...Object.keys(before), ...Object.keys(process.env)])].filter(
      (name) => before[name] !== process.env[name],
    );
    if (changed.length + setupInputs.length === 0) return;
    const setupVariables = Object.fromEntries(
      changed.map((name) => [name, variableValue(name, before[name])]),
    );
    publishRunFile(this.runFile, { ...this.#published, setupVariables, setupInputs });
  }

  /** A reporter of ours sees every test file come to its end. */
  expectResults(): void {
    if (this.collects && this.#directory !== null)
      this.#outcomes.keepIn(this.#directory.verdictFile);
  }

  /** Jest's verdict on one test file: it sees also crashes, which leave no journal. */
  noteResult(projectId: string, testPath: string, passed: boolean): void {
    const project = this.#projects.get(projectId);
    if (project === undefined) return;
    const path = project.pathOf({ path: testPath });
    this.#outcomes.note({ environmentId: project.environmentId, path }, passed);
  }

  /** A test that would have been skipped failed: from now on its test file is taken whole. */
  noteOrderDependent(projectId: string, testPath: string): void {
    const project = this.#projects.get(projectId);
    if (project === undefined) return;
    const path = project.pathOf({ path: testPath });
    this.#orderDependent.push({ environmentId: project.environmentId, path, value: true });
  }

  /** A plug point of ours hears what Jest says of every test file: without that, nothing passed. */
  expectVerdicts(): void {
    this.#outcomes.decide();
  }

  /**
   * Commits what the workers journaled, removes everything temporary, and closes the database.
   * @param ending How the run came to its end.
   * @returns What becomes final as the process ends; null where there is nothing.
   */
  end(ending: Ending): Passes | KeptJournals | null {
    if (this.#ended) return null;
    this.#ended = true;
    const { logger, dataFile } = this.#request;
    this.#packages.keep();
    try {
      const passes = this.#writable ? this.#commit(ending) : null;
      this.#directory?.remove();
      this.#spotChecks?.sayFindings(this.#writable);
      return passes && { ...passes, dataFile, identity: this.#identity, logger };
    } catch (error) {
      this.#store.close();
      this.#spotChecks?.sayFindings(false);
      const kept = this.#keep(error, ending);
      if (kept === null) logger.warn(this.#drop(error));
      return kept;
    } finally {
      this.#store.close();
      announceRun(RUN_FILE_VARIABLE, undefined);
    }
  }

  /**
   * Workers acknowledge the run file, and record; where none did, though tests passed, a runner does without
   * environments, or a key is missing in the config.
   */
  #checkWorkers({ recordedIn }: RunResults): void {
    if (!this.collects || this.#directory === null) return;
    const unrecorded = [...this.#projects.values()].filter(
      ({ environmentId }) =>
        this.#outcomes.passedIn.has(environmentId) && !recordedIn.has(environmentId),
    );
    const runners = new Set(unrecorded.flatMap(({ otherRunner }) => otherRunner ?? []));
    for (const runner of runners)
      this.#request.logger.warn(
        `what the runner ${runner} runs cannot be recorded, as it does without Jest's test environments; those test files run each time, as they would without jest-testmon.`,
      );
    if (unrecorded.length === 0 || runners.size > 0 || this.#directory.acknowledged() > 0) return;
    this.#request.logger.warn(
      "no worker took part in this run, so nothing was recorded; the Jest config must name testEnvironment: 'jest-testmon/environment', or use withTestmon(config).",
    );
  }

  /** A new database in the place of one that turned out to be damaged; false where the error says something else. */
  #replaceStore(error: unknown): boolean {
    const { dataFile, logger } = this.#request;
    const known = asStoreError(error, dataFile);
    if (known.reason !== 'damaged' || !this.#writable) return false;
    this.#store.close();
    const replaced = replaceDamaged(dataFile, known, logger, this.#identity);
    if (replaced === null) return false;
    this.#store = replaced.store;
    this.#began = replaced.store.time();
    this.#identity = replaced.identity;
    this.#partialFailures = new PartialFailures(this.#store, this.#tree);
    this.#projects.clear();
    this.#outdated.clear();
    this.#createEnvironments();
    return true;
  }

  /** The line after the run. */
  get counts(): RunCounts | null {
    return this.#counts;
  }

  /**
   * Journals outlive a lock, for the next controller; on a disk that takes nothing they would only pile up.
   * @returns Null where they are of no use.
   */
  #keep(error: unknown, { distrust, isProvisional }: Ending): KeptJournals | null {
    const { dataFile, logger } = this.#request;
    const directory = this.#directory;
    if (directory === null || asStoreError(error, dataFile).reason !== 'locked') return null;
    logger.warn(
      `${explain(error, dataFile)} What this run recorded is kept and will be committed by the next run.`,
    );
    const leave = (isExplained: boolean) => {
      this.#outcomes.conclude(isExplained ? distrust : 'everybody');
      directory.release();
    };
    if (isProvisional) return { leave };
    leave(true);
    return null;
  }

  #drop(error: unknown): string {
    const { dataFile } = this.#request;
    const { reason } = asStoreError(error, dataFile);
    this.#directory?.remove();
    if (reason === 'damaged' && identityOf(dataFile) === this.#identity) {
      try {
        const aside = quarantineDatabase(dataFile, Date.now());
        return `the database ${dataFile} is damaged; it was moved to ${aside}, what this run recorded is lost, and the next run records anew.`;
      } catch {
        // The usual sentence says what to do.
      }
    }
    return `${explain(error, dataFile)} What this run recorded is lost; the tests it ran are selected again next time.`;
  }

  #commit({ isWhole, distrust, isProvisional }: Ending): Pick<Passes, 'passed' | 'provisional'> {
    const partialFailures = this.#partialFailures;
    const results = new RunResults(this.#directory?.journals(process.pid) ?? [], {
      outcomes: this.#outcomes,
      distrust,
      partialFailures,
      wasChangedOutsideTests: (testFile) => this.#wasChangedOutsideTests(testFile),
      withSkips: this.#testFilesWithSkips(),
    });
    const batch = this.#batch();
    if (this.collects) {
      batch.records = this.#records(results, batch, isWhole, distrust);
      // Records come one by one: the last that passed is the one that is asked for.
      batch.isProvisional = () => isProvisional && results.passed.at(-1)?.inBand === true;
    } else {
      // A worker may have joined only to skip what is unaffected.
      Array.from(results.records(), keyOf);
      this.#noteSpotChecks(results, batch, distrust);
    }
    const provisional = this.#store.commit(batch, Date.now());
    this.#checkWorkers(results);
    if (this.collects) sayDoubtful(this.#request, results.doubtful);
    sayPartialFailures(this.#request, this.collects, results.failedPartly);
    if (this.collects)
      sayOrderDependent(
        this.#request,
        partialFailures.learnt.orderDependent.flatMap(({ path, value }) => (value ? path : [])),
      );
    return { passed: this.collects ? results.passed : [], provisional };
  }

  /** The records of this run, and then the rest of what the journals say. */
  *#records(
    results: RunResults,
    batch: CommitBatch,
    isWhole: boolean,
    distrust: Ending['distrust'],
  ): Generator<TestFileRecord> {
    const { logger } = this.#request;
    const progress = logger.progress('recording test files', this.#outcomes.count);
    yield* withProgress(results.records(), progress);
    const { orderDependent, flaky, notes } = this.#partialFailures.learnt;
    batch.flaky = flaky;
    batch.orderDependent = [...orderDependent, ...this.#orderDependent];
    batch.notes.push(...notes);
    batch.failures.push(...results.failures);
    batch.doubtful = results.doubtful.filter((testFile) => !this.#wasSkipped(testFile));
    if (isWhole)
      batch.failures.push(...results.crashed.filter((testFile) => !this.#wasSkipped(testFile)));
    this.#noteSpotChecks(results, batch, distrust);
  }

  #noteSpotChecks(results: RunResults, batch: CommitBatch, distrust: Ending['distrust']): void {
    if (this.#spotChecks === null) return;
    if (distrust === 'everybody') this.#spotChecks.noteCutShort(results.unfinished);
    Object.assign(batch, this.#spotChecks.batch);
  }

  /** What is committed, but for what the journals say. */
  #batch(): CommitBatch {
    const batch = makeBatch({ keep: this.#request.options.keepRecords, began: this.#began });
    const unaffected = new Set<string>();
    for (const { test, path, decision } of this.#judged) {
      if (decision.affected) continue;
      batch.matched.push(decision.recordId);
      const project = this.#projects.get(test.context.config.id);
      if (project !== undefined)
        unaffected.add(keyOf({ environmentId: project.environmentId, path }));
    }
    for (const testFile of this.#spotChecks?.testFiles ?? []) unaffected.delete(keyOf(testFile));
    batch.wasUnaffected = (testFile) => unaffected.has(keyOf(testFile));
    for (const project of this.#projects.values()) {
      if (project.environmentId === NO_ROW) continue;
      for (const version of project.learnt)
        batch.contents.push({ environmentId: project.environmentId, version });
      for (const path of this.#store.testFilePaths(project.environmentId)) {
        if (!fs.existsSync(fromStored(this.#request.root, path)))
          batch.gone.push({ environmentId: project.environmentId, path });
      }
    }
    batch.fileStates.push(...this.#tree.learnt);
    batch.notes.push(...this.#shardNotes());
    if (this.#counts !== null) {
      const { chosen = 0, duration = 0 } = this.#spotChecks?.outcome ?? {};
      const { total } = this.#counts;
      const selected = this.#counts.selected + chosen;
      const saved = Math.max(0, this.#counts.saved - duration);
      batch.run = {
        startedAt: this.#startedAt,
        duration: Date.now() - this.#startedAt,
        // Without selection everything ran, and nothing was saved.
        ...(this.#request.select
          ? { selected, total, saved }
          : { selected: total, total, saved: 0 }),
      };
    }
    return batch;
  }

  /** What a shard did; what an earlier one did is out of date after any other run. */
  #shardNotes(): CommitBatch['notes'] {
    if (this.#shard !== null)
      return [this.#shard.note((key) => this.#outcomes.passed(key) || this.#outcomes.failed(key))];
    const isOutdated = this.#counts !== null && this.#store.shard() !== null;
    return isOutdated ? [{ key: SHARD_NOTE, value: '' }] : [];
  }

  #testFilesWithSkips(): TestFileKey[] {
    return [...this.#projects.values()].flatMap((project) =>
      Array.from(this.#skipsOf(project).keys(), (path) => ({
        environmentId: project.environmentId,
        path,
      })),
    );
  }

  /** The tests that this run skips: none where it only compares. */
  #skipsOf({ skips }: Project): Project['skips'] {
    return this.#request.select ? skips : NO_SKIPS;
  }

  #wasChangedOutsideTests({ environmentId, path }: TestFileKey): boolean {
    return [...this.#projects.values()].some(
      (project) => project.environmentId === environmentId && project.changedOutsideTests.has(path),
    );
  }

  /** Whether a test file was entered only to skip its tests, which leaves no record. */
  #wasSkipped({ environmentId, path }: TestFileKey): boolean {
    return [...this.#skipped].some(
      ([id, paths]) =>
        this.#projects.get(id)?.environmentId === environmentId && paths.includes(path),
    );
  }

  #createEnvironments(): void {
    const { root, options, select, verify, coverage } = this.#request;
    const place = { ...this.#request, packages: this.#packages };
    const find = this.#request.listing ? knownEnvironments : findEnvironments;
    const environments = find(this.#store, place, this.#configs);
    for (const [index, { environment, isCurrent }] of environments.entries()) {
      const config = this.#configs[index];
      if (config === undefined) continue;
      const project = new Project(config, environment, root, this.#tree, {
        always: options.always,
        // Under coverage files count as a whole, and a report on some of the tests misleads.
        byTest: options.granularity === 'test' && (select || verify) && !coverage,
      });
      this.#projects.set(config.id, project);
      if (!isCurrent) this.#outdated.add(project);
    }
  }

  #saySelectsReadonly(): void {
    const { dataFile, logger } = this.#request;
    const outdated = [...this.#outdated].map(({ environment }) => environment.project);
    if (outdated.length === 0) {
      logger.warn(
        `${dataFile} cannot be written, so this run selects by what it holds and records nothing; make it writable to record.`,
      );
      return;
    }
    const isAll = outdated.length === this.#projects.size;
    logger.warn(
      `${dataFile} cannot be written, and what it holds${isAll ? '' : ` of ${count(outdated.length, 'project')}${some(outdated)}`} was recorded with another Jest config, transformer, Node or Jest version, so everything${isAll ? '' : ' in there'} runs and nothing is recorded; make it writable to record anew.`,
    );
  }
}

const NO_SKIPS: Project['skips'] = new Map();

function explain(error: unknown, dataFile: string): string {
  const known = asStoreError(error, dataFile);
  return known.message === '' ? messageOf(error) : known.message;
}
