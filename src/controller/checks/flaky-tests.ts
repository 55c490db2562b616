import type { TestResult } from '@jest/test-result';
import type { FlakySighting, StoredFlakySighting, TestFileKey } from '../../records/types';
import type { TestFileRecord } from '../../store';
import { getOrCreate } from '../../dependencies/get-or-create';
import { swallowed } from '../../terminal/debug';
import { ago } from '../../terminal/age';
import { count, some } from '../../terminal/logger';

/** A test that failed in this run and is known to be flaky, so that the code need not be the cause. */
interface KnownFlaky {
  label: string;
  times: number;
  last: number;
}

/** What the last line of a run says about flaky tests. */
export interface FlakyOutcomes {
  /** Tests that failed in this run and were known to be flaky. */
  known: readonly KnownFlaky[];
  /** Tests that were found to be flaky in this run. */
  found: readonly string[];
}

/**
 * Finds the flaky tests of a run by proof: a test had another outcome than before, although nothing that is watched
 * had changed. A test shares memory with the other tests of its file, so everything that the test file depends on
 * must be unchanged.
 *
 * A test that fails and then passes in one run, by `jest.retryTimes`, is flaky too.
 */
export class FlakyTests {
  readonly #read: () => readonly StoredFlakySighting[];
  readonly #projectOf: (testFile: TestFileKey) => string;
  readonly #sightings: FlakySighting[] = [];
  readonly #known = new Map<string, KnownFlaky>();
  #before: ReadonlyMap<string, readonly StoredFlakySighting[]> | null = null;

  /**
   * @param read Reads the known sightings.
   * @param projectOf Returns the project of a test file, as in the key of an environment.
   */
  constructor(
    read: () => readonly StoredFlakySighting[],
    projectOf: (testFile: TestFileKey) => string,
  ) {
    this.#read = read;
    this.#projectOf = projectOf;
  }

  /** Notes the outcomes of a test file's tests, as Jest reports them. */
  note(testFile: TestFileKey, { testResults }: TestResult, passed: boolean): void {
    for (const { status, invocations = 1, ancestorTitles, title } of testResults) {
      if (status === 'passed' && invocations > 1)
        this.add({ ...testFile, test: [...ancestorTitles, title], outcome: 'retried' });
    }
    if (passed) return;
    const failed = testResults.filter(({ status }) => status === 'failed');
    const names = failed.map(({ ancestorTitles, title }) => [...ancestorTitles, title]);
    for (const test of names.length === 0 ? [null] : names) {
      const seen = this.#seenBefore(testFile, test);
      const [latest] = seen;
      if (latest === undefined) continue;
      const label = labelOf({ path: testFile.path, test: latest.test });
      this.#known.set(label, { label, times: seen.length, last: latest.seenAt });
    }
  }

  /** Notes that a test file failed although one of its passing records matched the working tree. */
  noteUnaffectedFailed(record: Pick<TestFileRecord, 'environmentId' | 'path' | 'tests'>): void {
    const { environmentId, path } = record;
    const failed = record.tests.filter(({ outcome }) => outcome === 'failed');
    const names = failed.length === 0 ? [null] : failed.map(({ name }) => name);
    for (const test of names) this.add({ environmentId, path, test, outcome: 'failed' });
  }

  /** Adds a sighting. The database must be open, because the first call reads the earlier sightings. */
  add(sighting: FlakySighting): void {
    this.#before ??= this.#readBefore();
    this.#sightings.push(sighting);
  }

  /** The sightings to commit. */
  get sightings(): FlakySighting[] {
    return [...this.#sightings];
  }

  /** The content of the last line. Complete after the run. */
  get outcomes(): FlakyOutcomes {
    const found = this.#sightings.filter((one) => this.#seenBefore(one, one.test).length === 0);
    return { known: [...this.#known.values()], found: [...new Set(found.map(labelOf))] };
  }

  /**
   * Returns the earlier sightings of a test, the newest first. If none names the test, returns those of its test file
   * as a whole.
   */
  #seenBefore(testFile: TestFileKey, test: readonly string[] | null): StoredFlakySighting[] {
    const ofFile = this.#ofFile(testFile);
    const name = JSON.stringify(test);
    const own = ofFile.filter((one) => JSON.stringify(one.test) === name);
    return own.length > 0 ? own : ofFile.filter((one) => one.test === null);
  }

  #ofFile({ environmentId, path }: TestFileKey): readonly StoredFlakySighting[] {
    this.#before ??= this.#readBefore();
    const project = this.#projectOf({ environmentId, path });
    return this.#before.get(`${project}\n${path}`) ?? [];
  }

  #readBefore(): ReadonlyMap<string, readonly StoredFlakySighting[]> {
    const before = new Map<string, StoredFlakySighting[]>();
    try {
      for (const sighting of this.#read()) {
        getOrCreate(before, `${sighting.project}\n${sighting.path}`, () => []).push(sighting);
      }
    } catch (error) {
      swallowed('controller', error, 'reading which tests are flaky; none is known to be');
    }
    return before;
  }
}

/** Returns the name of a test for a message. */
export function labelOf({ path, test }: Pick<StoredFlakySighting, 'path' | 'test'>): string {
  return test === null ? path : `"${test.join(' ')}" in ${path}`;
}

/** How often a flaky test was seen, for a message. */
export function sightings({ label, times, last }: KnownFlaky): string {
  return `${label} (seen ${count(times, 'time')}, last ${ago(last)})`;
}

/** Returns the parts of the last line about flaky tests. Empty if there is nothing to say. */
export function describeFlaky({ known, found }: FlakyOutcomes): string[] {
  const parts: string[] = [];
  if (known.length > 0) {
    const each = known.map(sightings);
    const more = each.length > MAX_NAMED ? ` and ${each.length - MAX_NAMED} more` : '';
    parts.push(`failed, and known to be flaky: ${each.slice(0, MAX_NAMED).join(', ')}${more}`);
  }
  if (found.length > 0)
    parts.push(`${count(found.length, 'flaky test')} found${some(found, MAX_NAMED)}`);
  return parts;
}

const MAX_NAMED = 3;
