import type { Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { getOrCreate } from '../../dependencies/get-or-create';
import { fromJest } from '../../run/user-jest';
import type { Answers, AskedCoverage } from './answers';

/** Says whether the user has stopped the run. Source: jest-watcher, `TestWatcher`. */
interface Watcher {
  isInterrupted(): boolean;
}

interface RunnerOptions {
  /** Whether to run the test files in sequence, in this process. */
  serial: boolean;
}

type Listener = (data: never) => unknown;

/** A runner that reports its test files by events. Source: jest-runner, `EmittingTestRunner`. */
interface EmittingRunner {
  readonly supportsEventEmitters: true;
  readonly isSerial?: boolean;
  runTests(tests: Test[], watcher: Watcher, options: RunnerOptions): Promise<void>;
  on(event: string, listener: Listener): () => void;
}

/** Any other runner. Source: jest-runner, `CallbackTestRunner`. */
interface CallbackRunner {
  readonly supportsEventEmitters?: false;
  readonly isSerial?: boolean;
  runTests(
    tests: Test[],
    watcher: Watcher,
    onStart: (test: Test) => Promise<void>,
    onResult: (test: Test, result: TestResult) => Promise<void>,
    onFailure: (test: Test, error: unknown) => Promise<void>,
    options: RunnerOptions,
  ): Promise<void>;
}

type UserRunner = EmittingRunner | CallbackRunner;

/** Source: jest-runner, `TestRunnerContext`. */
export type RunnerContext = AskedCoverage['context'];

type RunnerClass = new (
  globalConfig: Config.GlobalConfig,
  context: RunnerContext,
  options?: unknown,
) => UserRunner;

/**
 * Replaces the runners of the projects. It answers for unaffected test files, without starting a worker or loading
 * anything for them. The others run by the runner of their project.
 */
export class AnsweringRunner implements EmittingRunner {
  readonly supportsEventEmitters = true;
  readonly #globalConfig: Config.GlobalConfig;
  readonly #context: RunnerContext;
  readonly #takeAnswers: () => Answers | null;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Absolute paths of the files that test files covered. */
  readonly #covered = new Set<string>();

  /** @param takeAnswers Returns the test files to answer, and gives the projects their own runners back. */
  constructor(
    globalConfig: Config.GlobalConfig,
    context: RunnerContext,
    takeAnswers: () => Answers | null,
  ) {
    this.#globalConfig = globalConfig;
    this.#context = context;
    this.#takeAnswers = takeAnswers;
  }

  /** Adds a listener. Jest adds one for every event that it knows before the tests run. */
  on(event: string, listener: Listener): () => void {
    const listeners = getOrCreate(this.#listeners, event, () => new Set()).add(listener);
    return () => listeners.delete(listener);
  }

  async runTests(
    tests: readonly Test[],
    watcher: Watcher,
    { serial }: RunnerOptions,
  ): Promise<void> {
    const answers = this.#takeAnswers();
    const asked = { globalConfig: this.#globalConfig, context: this.#context };
    await answers?.carryCoverage(asked);
    const isAnswered = (test: Test) => answers?.has(test) === true;
    const answered = tests.filter(isAnswered);
    const last = answers?.carriesCoverage === true ? answered.pop() : undefined;
    for (const test of answered) {
      if (watcher.isInterrupted()) return;
      await this.#answer(test, answers);
    }
    const others = tests.filter((test) => !isAnswered(test));
    const options = { serial: serial || runsInBand(others, this.#globalConfig) };
    for (const own of byRunner(others)) await this.#run(own, watcher, options);
    if (last === undefined || watcher.isInterrupted()) return;
    await answers?.addUntested(last, tests, asked, this.#covered);
    await this.#answer(last, answers);
  }

  async #answer(test: Test, answers: Answers | null): Promise<void> {
    await this.#emit('test-file-start', [test]);
    await this.#emit('test-file-success', [test, answers?.resultOf(test)]);
  }

  async #run(tests: Test[], watcher: Watcher, { serial }: RunnerOptions): Promise<void> {
    const [first] = tests;
    if (first === undefined) return;
    const runner = await this.#load(first.context.config);
    const options = { serial: serial || Boolean(runner.isSerial) };
    if (runner.supportsEventEmitters === true) {
      const unsubscribes = Array.from(this.#listeners.keys(), (event) =>
        runner.on(event, (data: unknown) => this.#emit(event, data)),
      );
      await runner.runTests(tests, watcher, options);
      for (const unsubscribe of unsubscribes) unsubscribe();
      return;
    }
    await runner.runTests(
      tests,
      watcher,
      (test) => this.#emit('test-file-start', [test]),
      (test, result) => this.#emit('test-file-success', [test, result]),
      (test, error) => this.#emit('test-file-failure', [test, error]),
      options,
    );
  }

  /** Source: @jest/core, `TestScheduler.scheduleTests`. */
  async #load(config: Config.ProjectConfig): Promise<UserRunner> {
    const { createScriptTransformer } = fromJest(
      '@jest/transform',
      config.rootDir,
    )('@jest/transform') as typeof import('@jest/transform');
    const transformer = await createScriptTransformer(config);
    const Runner = await transformer.requireAndTranspileModule<RunnerClass>(config.runner);
    return new Runner(this.#globalConfig, this.#context, config.runnerOptions);
  }

  #noteCovered(data: unknown): void {
    const [, result] = data as [test: Test, result?: TestResult];
    for (const file of Object.keys(result?.coverage ?? {})) this.#covered.add(file);
  }

  async #emit(event: string, data: unknown): Promise<void> {
    if (event === 'test-file-success') this.#noteCovered(data);
    const listeners = [...(this.#listeners.get(event) ?? [])];
    await Promise.all(listeners.map((listener) => listener(data as never)));
  }
}

/** Groups test files by runner. Source: @jest/core, `_partitionTests`. */
function byRunner(tests: readonly Test[]): Iterable<Test[]> {
  const parts = new Map<string, Test[]>();
  for (const test of tests) {
    const { runner, runnerOptions } = test.context.config as Config.ProjectConfig & {
      runnerOptions?: unknown;
    };
    const key = JSON.stringify([runner, runnerOptions ?? {}]);
    getOrCreate(parts, key, () => []).push(test);
  }
  return parts.values();
}

/**
 * Jest considers a test file slow from this duration on, in milliseconds. Source: @jest/core, `testSchedulerHelper`.
 */
const MIN_SLOW_MS = 1000;
const MAX_FILES_IN_BAND = 20;

/**
 * Whether Jest would run these test files in its own process. Jest itself has decided for all test files, including
 * the answered ones. Source: @jest/core, `shouldRunInBand`.
 */
function runsInBand(
  tests: readonly Test[],
  { watch, watchAll, workerIdleMemoryLimit }: Config.GlobalConfig,
): boolean {
  if (watch || watchAll || workerIdleMemoryLimit) return false;
  const timings = tests.flatMap(({ duration }) => (duration ? [duration] : []));
  const areFast = timings.length > 0 && timings.every((timing) => timing < MIN_SLOW_MS);
  return tests.length <= 1 || (tests.length <= MAX_FILES_IN_BAND && areFast);
}
