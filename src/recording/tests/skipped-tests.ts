import { encodeMetadata, FINGERPRINT_BYTES } from '../../blocks';
import type { SkippedTests } from '../../run/run-file';
import { Store } from '../../store';
import type { FileVersion, Footprint } from '../../records/types';
import { Accumulator } from '../accumulator';
import { testKey } from '../../records/test-identity';
import type { SkippedTest } from './test-footprints';

/** The footprints, from the database, of the tests of a test file that are skipped as unaffected. */
export interface SkippedFootprints {
  /** What all tests of the record depend on. */
  shared: Accumulator;
  /** By `testKey`. */
  tests: ReadonlyMap<string, SkippedTest>;
}

/**
 * Reads the record of tests to be skipped. Like all workers, opens the database read-only.
 * @returns Null if the record no longer exists, because another run replaced it.
 * @throws {StoreError} If the database cannot be read.
 */
export function readSkippedTests(
  dataFile: string,
  skipped: SkippedTests,
): SkippedFootprints | null {
  const store = Store.open(dataFile, { readonly: true });
  try {
    const record = store.recall(skipped.recordId);
    if (record === null) return null;
    const texts = new Map<FileVersion, string>();
    const all = record.tests.map((test) => ({ ...test, seen: accumulate(test, texts) }));
    const positions = new Set(skipped.positions);
    const tests = new Map<string, SkippedTest>();
    /** What all passed tests after the current one have in common. */
    let common: Accumulator | null = null;
    // From the last to the first, so that each test is visited once.
    for (const test of all.sort((a, b) => b.position - a.position)) {
      const { position, name, ordinal, outcome, duration, seen } = test;
      if (positions.has(position)) {
        // A module loaded inside a test affects all tests after it. If they all depend on what this test saw, it may
        // be the one that loaded it.
        const loadsModules = common?.holds(seen) === true;
        tests.set(testKey(test), { name, ordinal, outcome, duration, loadsModules, seen });
      }
      if (outcome !== 'passed') continue;
      if (common === null) (common = new Accumulator()).include(seen);
      else common.keepCommon(seen);
    }
    return { shared: accumulate(record.shared, texts), tests };
  } finally {
    store.close();
  }
}

function accumulate(footprint: Footprint, texts: Map<FileVersion, string>): Accumulator {
  const accumulator = new Accumulator();
  for (const { version, bits } of footprint.blocks) {
    let text = texts.get(version);
    if (text === undefined) texts.set(version, (text = encodeMetadata(version)));
    accumulator.addBits(text, version.fingerprints.length / FINGERPRINT_BYTES, bits);
  }
  for (const dependency of footprint.dependencies) accumulator.depend(dependency);
  return accumulator;
}
