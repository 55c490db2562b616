/**
 * Jest's `testSequencer`. Jest constructs one per run in its main process. Before it lists or runs anything, it calls
 * `shard` (with `--shard`) and then `sort`. Both may return fewer test files or none. Jest 29 constructs it without
 * arguments.
 */
import type { AggregatedResult, Test, TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import { beforeGlobalSetup } from '../controller/global-setup';
import { RunPlan, type SequencerLike, type ShardOptions } from '../controller/run-plan';

class TestmonSequencer implements SequencerLike {
  readonly #plan: RunPlan;

  constructor(options?: { contexts: readonly TestContext[]; globalConfig: Config.GlobalConfig }) {
    this.#plan = new RunPlan(options?.contexts ?? null, options?.globalConfig ?? null);
  }

  shard(tests: Test[], options: ShardOptions): Promise<Test[]> {
    return this.#plan.shard(tests, options);
  }

  async sort(tests: Test[]): Promise<Test[]> {
    const sorted = await this.#plan.sort(tests);
    const awaited = beforeGlobalSetup();
    if (awaited !== null)
      (await import('../recording/setup-recorder.js')).watchGlobalSetup(awaited);
    return sorted;
  }

  allFailedTests(tests: Test[]): Promise<Test[]> {
    return this.#plan.allFailedTests(tests);
  }

  cacheResults(tests: Test[], results: AggregatedResult): void {
    this.#plan.cacheResults(tests, results);
  }
}

export = TestmonSequencer;
