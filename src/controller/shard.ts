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

/** Identifies a shard of a run. */
export interface ShardPlace {
  /** Counts from 1. */
  index: number;
  count: number;
  /** A hash of the records that it began with; see `Store.contentHash`. */
  base: string;
}

/**
 * Notes for the database what a shard must run and what it skips. Only the merge of all shards' databases can tell
 * whether a test file was left out.
 */
export class Shard {
  readonly #place: ShardPlace;
  /** Its own test files that are selected. */
  readonly #asked: [string, TestFileKey][] = [];
  readonly #unaffected: string[] = [];
  readonly #others: string[] = [];
  readonly #mine: ReadonlySet<string>;

  /**
   * @param judged All test files that Jest found.
   * @param mine Those that belong to this shard.
   * @param environmentOf Returns the environment of a test file's project.
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

  /** @param hasEnded Whether Jest has reported the outcome of a test file. */
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
