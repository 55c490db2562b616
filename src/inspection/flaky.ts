import type { FlakyOutcome, StoredFlakySighting, Store } from '../store';

/** A test that came out otherwise than before with nothing changed that is watched. */
export interface FlakyTest {
  /** The Jest project, as in the records. */
  project: string;
  /** Relative path of the test file. */
  path: string;
  /** The titles of the describe blocks around the test, then its own; null where only the test file is known. */
  test: string[] | null;
  /** How often that was seen. */
  times: number;
  /** Milliseconds since the epoch, of the last time. */
  last: number;
  /** How often it failed after it had passed. */
  passedThenFailed: number;
  /** How often it passed after it had failed. */
  failedThenPassed: number;
  /** How often it failed and passed in one run, by `jest.retryTimes`. */
  passedOnRetry: number;
}

/** How many flaky tests there are. */
export interface FlakyOverview {
  tests: number;
  testFiles: number;
  /** Milliseconds since the epoch, of the last sighting; null where there is none. */
  latest: number | null;
}

/** The flaky tests that a database knows of, those seen most often first. */
export function findFlakyTests(store: Pick<Store, 'flaky'> | null): FlakyTest[] {
  const tests = new Map<string, StoredFlakySighting[]>();
  for (const sighting of store?.flaky() ?? []) {
    const key = JSON.stringify([sighting.project, sighting.path, sighting.test]);
    tests.set(key, [...(tests.get(key) ?? []), sighting]);
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

/** Counts flaky tests. */
export function flakyOverview(store: Pick<Store, 'flaky'> | null): FlakyOverview {
  const tests = findFlakyTests(store);
  return {
    tests: tests.length,
    testFiles: new Set(tests.map(({ project, path }) => `${project}\n${path}`)).size,
    latest: tests.length === 0 ? null : Math.max(...tests.map(({ last }) => last)),
  };
}
