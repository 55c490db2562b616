import { getOrCreate } from '../dependencies/get-or-create';
import type { FlakyOutcome, StoredFlakySighting, Store } from '../store';

/** A test that had another outcome than before, although nothing that is watched had changed. */
export interface FlakyTest {
  /** The name of the Jest project, as in the records. */
  project: string;
  /** Stored path of the test file. */
  path: string;
  /** The titles of the describe blocks around the test, then its own. Null if only the test file is known. */
  test: string[] | null;
  /** The number of sightings. */
  times: number;
  /** The last sighting, in milliseconds since the epoch. */
  last: number;
  /** How often it failed after it had passed. */
  passedThenFailed: number;
  /** How often it passed after it had failed. */
  failedThenPassed: number;
  /** How often it failed and passed in one run, by `jest.retryTimes`. */
  passedOnRetry: number;
}

/** The number of flaky tests. */
export interface FlakyOverview {
  tests: number;
  testFiles: number;
  /** The last sighting, in milliseconds since the epoch. Null if there is none. */
  latest: number | null;
}

/** Returns the flaky tests in a database, those seen most often first. */
export function findFlakyTests(store: Pick<Store, 'flaky'> | null): FlakyTest[] {
  const tests = new Map<string, StoredFlakySighting[]>();
  for (const sighting of store?.flaky() ?? []) {
    const key = JSON.stringify([sighting.project, sighting.path, sighting.test]);
    getOrCreate(tests, key, () => []).push(sighting);
  }
  return [...tests.values()]
    .flatMap((sightings) => {
      const [latest] = sightings;
      if (latest === undefined) return [];
      const { project, path, test, seenAt } = latest;
      const times = (wanted: FlakyOutcome) =>
        sightings.filter(({ outcome }) => outcome === wanted).length;
      return {
        ...{ project, path, test, times: sightings.length, last: seenAt },
        passedThenFailed: times('failed'),
        failedThenPassed: times('passed'),
        passedOnRetry: times('retried'),
      };
    })
    .sort((a, b) => b.times - a.times || b.last - a.last);
}

/** Counts the flaky tests in a database. */
export function flakyOverview(store: Pick<Store, 'flaky'> | null): FlakyOverview {
  const tests = findFlakyTests(store);
  return {
    tests: tests.length,
    testFiles: new Set(tests.map(({ project, path }) => `${project}\n${path}`)).size,
    latest: tests.length === 0 ? null : Math.max(...tests.map(({ last }) => last)),
  };
}
