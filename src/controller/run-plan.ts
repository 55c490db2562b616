import { createRequire } from 'node:module';
import type { AggregatedResult, Test, TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import { readComposition } from '../config/composition';
import { plugPoints } from '../config/plug-points';
import { importFile } from '../run/import-file';
import { fromJest } from '../run/user-jest';
import { order } from '../selection/select';
import { count } from '../terminal/logger';
import { canChooseRunner, chooseRunner } from './answers/runner-choice';
import { concludeWith } from './conclude-with';
import { beginSharedRun } from './sharing/begin-shared-run';
import type { Controller } from './controller';
import { failAsJestWould } from './jest-process/suppress-no-tests-found';
import { swallowed } from '../terminal/debug';
import { obsoleteSnapshots } from './projects/obsolete-snapshots';
import { describeFailedSelection } from './open-store';
import { messageOf } from '../terminal/error-message';
import { contextsOf, type JudgedTest } from './projects/project';
import {
  handOver,
  restoreRunners,
  selectTests,
  session,
  startWorkers,
  withholdNothingFound,
} from './session';

/** The shard that Jest asks for. */
export interface ShardOptions {
  /** Counts from 1. */
  shardIndex: number;
  shardCount: number;
}

/** The methods that Jest calls on a test sequencer. Source: `@jest/test-sequencer`. */
export interface SequencerLike {
  shard?(tests: Test[], options: ShardOptions): Test[] | Promise<Test[]>;
  sort(tests: Test[]): Test[] | Promise<Test[]>;
  allFailedTests(tests: Test[]): Test[] | Promise<Test[]>;
  cacheResults(tests: Test[], results: AggregatedResult): void;
}

type SequencerClass = new (options: {
  contexts: readonly TestContext[];
  globalConfig: Config.GlobalConfig | null;
}) => SequencerLike;

/** Decides what runs and in which order, for one run. We select; if the project has its own sequencer, it orders. */
export class RunPlan {
  readonly #contexts: readonly TestContext[] | null;
  readonly #globalConfig: Config.GlobalConfig | null;
  #inner: { sequencer: SequencerLike; isUsers: boolean } | null = null;
  /** The test files of this shard; null where there is one shard. */
  #mine: readonly Test[] | null = null;
  #selected: { controller: Controller | null; running: Map<Test, JudgedTest> } | null = null;

  /** Jest 29 provides neither argument. Then the contexts of the tests are used. */
  constructor(contexts: readonly TestContext[] | null, globalConfig: Config.GlobalConfig | null) {
    this.#contexts = contexts;
    this.#globalConfig = globalConfig;
  }

  async shard(tests: Test[], options: ShardOptions): Promise<Test[]> {
    const running = new Set(await this.#select(tests));
    // The test files are divided before any is dropped, as in bare Jest. Otherwise shards with different databases
    // would disagree on whose a test file is, and one that neither takes would never run.
    const mine = (await this.#agreed(tests, options)) ?? (await this.#divided(tests, options));
    this.#mine = mine;
    if (!this.#listing)
      this.#selected?.controller?.beginShard(options.shardIndex, options.shardCount, mine);
    const checked = new Set(this.#chooseSpotChecks(mine));
    for (const test of await this.#forSnapshots(mine, [...running, ...checked])) checked.add(test);
    const leftOut = new Set(tests.filter((test) => !running.has(test) && !checked.has(test)));
    const left = mine.filter((test) => !leftOut.has(test));
    if (left.length === 0 && running.size > 0) this.#sayShardIsEmpty(options);
    return left;
  }

  /** As Jest, or the project's own sequencer, divides test files: by the list of them alone. */
  async #divided(tests: Test[], options: ShardOptions): Promise<Test[]> {
    const { sequencer } = await this.#load(tests);
    return (await sequencer.shard?.(tests, options)) ?? tests;
  }

  /** As the shards have agreed; null where they have not, and where a sequencer of the project's divides. */
  async #agreed(tests: Test[], { shardIndex, shardCount }: ShardOptions): Promise<Test[] | null> {
    const { isUsers } = await this.#load(tests);
    const { controller = null } = this.#selected ?? {};
    if (isUsers || controller === null) return null;
    return controller.agreeOnShards(tests, shardIndex, shardCount);
  }

  #sayShardIsEmpty({ shardIndex, shardCount }: ShardOptions): void {
    const { logger } = this.#selected?.controller?.request ?? {};
    if (logger === undefined || this.#listing) return;
    logger.info(`none of the test files of shard ${shardIndex}/${shardCount} is affected.`);
    withholdNothingFound(logger);
  }

  async sort(tests: Test[]): Promise<Test[]> {
    const isSharded = this.#selected !== null;
    const affected = await this.#select(tests);
    const running = isSharded ? affected : await this.#withOthers(tests, affected);
    const { sequencer, isUsers } = await this.#load(tests);
    // For test files without records, Jest's own order (the longest first) is better.
    const theirs = await sequencer.sort(running);
    const judged = isUsers ? null : this.#judged(theirs);
    const sorted = judged === null ? theirs : order(judged).map(({ test }) => test);
    // If Jest knows the durations, it runs a few fast test files in its own process, where a test file that ends the
    // process ends the run.
    if (judged !== null) for (const test of sorted) delete test.duration;
    const all = [...this.#answered(this.#mine ?? tests, sorted), ...sorted];
    this.#start(tests, all);
    return all;
  }

  async allFailedTests(tests: Test[]): Promise<Test[]> {
    return (await this.#load(tests)).sequencer.allFailedTests(tests);
  }

  cacheResults(tests: Test[], results: AggregatedResult): void {
    this.#inner?.sequencer.cacheResults(tests, results);
    restoreRunners();
    // Our reporter has ended the run already, unless the command line replaced it.
    session().release();
    const { controller, teardowns } = session();
    if (controller === this.#selected?.controller && teardowns?.holdsBack !== true)
      concludeWith(tests, results, this.#globalConfig);
  }

  /** Selects on the first call. After `shard`, `sort` receives the result of `shard`. */
  async #select(tests: Test[]): Promise<Test[]> {
    if (this.#selected !== null) return tests;
    restoreRunners();
    const contexts = this.#contexts ?? contextsOf(tests);
    const configs = contexts.map(({ config }) => config);
    if (handOver(configs, this.#globalConfig, tests)) {
      this.#selected = { controller: null, running: new Map() };
      return [];
    }
    if (tests.length === 0) failAsJestWould(session().verification === null);
    const controller = await beginSharedRun(contexts, configs, this.#globalConfig, this.#listing);
    session().reported = true;
    if (controller === null) {
      this.#selected = { controller: null, running: new Map() };
      return tests;
    }
    try {
      const running = await selectTests(controller, tests, this.#listing);
      this.#selected = {
        controller,
        running: new Map(running.map((judged) => [judged.test, judged])),
      };
      return running.map(({ test }) => test);
    } catch (error) {
      swallowed('controller', error, 'selecting tests; everything runs');
      controller.request.logger.warn(describeFailedSelection(error));
      this.#selected = { controller, running: new Map() };
      return tests;
    }
  }

  /** The unaffected test files that Jest runs by our runner, which reports them as skipped. */
  #answered(mine: readonly Test[], running: readonly Test[]): Test[] {
    const { controller = null } = this.#selected ?? {};
    if (controller === null || !this.#reportsSkipped(mine)) return [];
    const answers = controller.answerFor(mine, running);
    const { tests } = answers;
    if (tests.length === 0) return [];
    for (const test of tests) delete test.duration;
    session().runnerChoice = chooseRunner(
      answers,
      contextsOf([...tests, ...running]),
      plugPoints.answeringRunner,
    );
    return tests;
  }

  #reportsSkipped(mine: readonly Test[]): boolean {
    return this.#selected?.controller?.reportsSkipped === true && canChooseRunner(contextsOf(mine));
  }

  /**
   * Adds spot checks and test files for obsolete snapshots. In a sharded run each shard adds its own, so the shards
   * need not agree.
   */
  async #withOthers(tests: Test[], affected: Test[]): Promise<Test[]> {
    const running = new Set([...affected, ...this.#chooseSpotChecks(tests)]);
    for (const test of await this.#forSnapshots(tests, [...running])) running.add(test);
    return tests.filter((test) => running.has(test));
  }

  #chooseSpotChecks(mine: Test[]): Test[] {
    const { controller = null, running } = this.#selected ?? {};
    if (controller === null) return [];
    const chosen = controller.chooseSpotChecks(mine);
    for (const judged of chosen) running?.set(judged.test, judged);
    // Something runs after all.
    if (chosen.length > 0) session().release();
    return chosen.map(({ test }) => test);
  }

  /**
   * Returns one test file of each project in which none would run, although there are snapshot files without a test
   * file. Then Jest reports or removes these, and ends as it would without us.
   * @param mine The test files of this run, or of its shard.
   */
  async #forSnapshots(mine: readonly Test[], running: readonly Test[]): Promise<Test[]> {
    const { controller = null } = this.#selected ?? {};
    // Jest looks for them in a project of which a test file is reported as skipped.
    if (controller === null || this.#listing || this.#reportsSkipped(mine)) return [];
    const runs = new Set(running);
    const idle = contextsOf(mine).filter(
      (context) => !mine.some((test) => test.context === context && runs.has(test)),
    );
    const added: Test[] = [];
    try {
      for (const context of idle) {
        const obsolete = await obsoleteSnapshots(context);
        if (obsolete.length === 0) continue;
        const test = controller.runQuickest(mine.filter((one) => one.context === context));
        if (test === null) continue;
        controller.request.logger.info(
          `${count(obsolete.length, 'snapshot file')} without a test file: a test file runs, so that Jest says so.`,
        );
        added.push(test);
      }
    } catch (error) {
      controller.request.logger.warn(
        `snapshot files without a test file were not looked for (${messageOf(error)}).`,
      );
    }
    if (added.length > 0) session().release();
    return added;
  }

  #judged(tests: Test[]): JudgedTest[] | null {
    const judged = tests.flatMap((test) => this.#selected?.running.get(test) ?? []);
    return judged.length === tests.length ? judged : null;
  }

  #start(asked: Test[], running: Test[]): void {
    const controller = this.#selected?.controller ?? null;
    if (controller === null || this.#listing) return;
    const contexts = this.#contexts ?? contextsOf(asked);
    controller.runningConfigs = contextsOf(running).map(({ config }) => config);
    startWorkers(controller, contexts, [], running.length > 0);
  }

  get #listing(): boolean {
    return (
      this.#globalConfig?.listTests ??
      readComposition()?.command.listTests ??
      process.argv.includes('--listTests')
    );
  }

  async #load(tests: Test[]): Promise<{ sequencer: SequencerLike; isUsers: boolean }> {
    if (this.#inner !== null) return this.#inner;
    const contexts = this.#contexts ?? contextsOf(tests);
    const root = contexts[0]?.config.rootDir;
    const jests = fromJest('@jest/test-sequencer', root).resolve('@jest/test-sequencer');
    const own = readComposition()?.sequencer ?? null;
    const file = own ?? jests;
    const module = file.endsWith('.mjs')
      ? await importFile(file)
      : (createRequire(__filename)(file) as unknown);
    const Sequencer =
      (module as { default?: SequencerClass }).default ?? (module as SequencerClass);
    this.#inner = {
      sequencer: new Sequencer({ contexts, globalConfig: this.#globalConfig }),
      isUsers: file !== jests,
    };
    return this.#inner;
  }
}
