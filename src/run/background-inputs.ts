import * as fs from 'node:fs';
import { getOrCreate } from '../dependencies/get-or-create';
import { addToRecord } from '../records/numbered';
import { questionOf } from '../records/question';
import type { Dependency, TestFileRecord } from '../records/types';
import { swallowed } from '../terminal/debug';
import { decodeJournal, encodeLine } from './journals/journal';
import { chunksOf } from './run-directory';

/**
 * Tells what was read in the background of a run so far: by servers that global setups left running, and by a runner.
 * @param runner Absolute path.
 */
export type BackgroundReads = (runner: string) => readonly Dependency[];

/** A project whose test files depend on what is read in the background. */
interface ProjectInBackground {
  environmentId: number;
  config: { runner: string };
}

/**
 * What was read in the background of a run. It counts for all test files of a project, because nobody knows which of
 * them it served. It is also written to a file, so that it survives if the controller dies before its commit.
 */
export class BackgroundInputs {
  /** Null where nothing goes on in the background. */
  reads: BackgroundReads | null = null;
  readonly #file: string;
  readonly #written = new Set<string>();
  readonly #added: Dependency[] = [];

  /** @param file Absolute path. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Adds what was read after the tests, by a global teardown. */
  add(dependencies: readonly Dependency[]): void {
    this.#added.push(...dependencies);
  }

  /** Writes down what is new. Call it before the outcome of a test file is written. */
  write(projects: readonly ProjectInBackground[]): void {
    let lines = '';
    for (const [environmentId, inputs] of this.of(projects))
      for (const dependency of inputs) {
        const key = `${environmentId} ${questionOf(dependency)}`;
        if (this.#written.has(key)) continue;
        this.#written.add(key);
        lines += encodeLine({ type: 'background', environmentId, dependency });
      }
    if (lines === '') return;
    try {
      fs.appendFileSync(this.#file, lines, { mode: 0o600 });
    } catch (error) {
      swallowed('run', error, `writing to ${this.#file}; it is complete only if this run commits`);
    }
  }

  /** By environment: what is known now. */
  of(projects: readonly ProjectInBackground[]): Map<number, readonly Dependency[]> {
    const ofRunners = new Map<string, Dependency[]>();
    return new Map(
      projects.map(({ environmentId, config: { runner } }) => [
        environmentId,
        // Most projects have the same runner, and asking reads what children report.
        getOrCreate(ofRunners, runner, () => [...(this.reads?.(runner) ?? []), ...this.#added]),
      ]),
    );
  }

  /**
   * Reads what a run wrote down whose controller has died. @param file Absolute path.
   * @returns By the ids of environments in that run.
   */
  static writtenIn(file: string): Map<number, readonly Dependency[]> {
    const found = new Map<number, Dependency[]>();
    for (const line of decodeJournal(chunksOf(file)))
      if (line.type === 'background')
        getOrCreate(found, line.environmentId, () => []).push(line.dependency);
    return found;
  }
}

/**
 * Adds to records what was read in the background of their run.
 * @param inputs By environment.
 */
export function* withBackground(
  records: Iterable<TestFileRecord>,
  inputs: ReadonlyMap<number | null, readonly Dependency[]>,
): Generator<TestFileRecord> {
  for (const record of records) {
    addToRecord(record, inputs.get(record.environmentId) ?? []);
    yield record;
  }
}
