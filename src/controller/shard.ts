import type { Test } from '@jest/test-result';
import {
  ciRunId,
  encodeShard,
  SHARD_NOTE,
  shardKey,
  type CommitBatch,
  type Environment,
} from '../store';
import type { TestFileKey } from '../records/types';
import type { JudgedTest } from './projects/project';

/** Which shard of a run this is. */
export interface ShardPlace {
  /** From 1. */
  index: number;
  count: number;
  /** Of what was recorded when the run began; see `Store.contentHash`. */
  base: string;
}

/**
 * What a shard has to do and does not have to, for its database to remember: only when the shards' databases are merged
 * can be told whether a test file was left between them.
 */
export class Shard {
  readonly #place: ShardPlace;
  /** Its own test files that are to run. */
  readonly #asked: [string, TestFileKey][] = [];
  readonly #unaffected: string[] = [];
  readonly #others: string[] = [];
  readonly #mine: ReadonlySet<string>;

  /**
   * @param judged Every test file that Jest found.
   * @param mine Those that belong to this shard.
   * @param environmentOf The environment of a test file's project.
   */
  constructor(
    place: ShardPlace,
    judged: readonly JudgedTest[],
    mine: readonly Test[],
    environmentOf: (test: Test) => Environment | undefined,
  ) {
    this.#place = place;
    const own = new Set(mine.map(nameOf));
    this.#mine = own;
    for (const { test, path, decision } of judged) {
      const environment = environmentOf(test);
      if (environment === undefined) continue;
      const key = shardKey(environment, path);
      const isOwn = own.has(nameOf(test));
      if (isOwn && decision.affected)
        this.#asked.push([key, { environmentId: environment.id, path }]);
      else if (isOwn) this.#unaffected.push(key);
      else if (decision.affected) this.#others.push(key);
    }
  }

  /** Such as `2/4`. */
  get name(): string {
    return `${this.#place.index}/${this.#place.count}`;
  }

  /** Whether a test file belongs to this shard. */
  isMine(test: Test): boolean {
    return this.#mine.has(nameOf(test));
  }

  /** @param hasEnded Whether Jest has said how a test file came out. */
  note(hasEnded: (testFile: TestFileKey) => boolean): CommitBatch['notes'][number] {
    const named = (ended: boolean) =>
      this.#asked.flatMap(([key, testFile]) => (hasEnded(testFile) === ended ? [key] : []));
    const value = encodeShard({
      ...this.#place,
      runId: ciRunId(process.env),
      ran: named(true),
      unaffected: this.#unaffected,
      unfinished: named(false),
      others: this.#others,
    });
    return { key: SHARD_NOTE, value };
  }
}

function nameOf({ context, path }: Test): string {
  return `${context.config.id}|${path}`;
}
