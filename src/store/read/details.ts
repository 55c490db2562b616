import type { Database } from 'better-sqlite3';
import { isCount, isNumber, isTestOutcome, isText, readTitles } from '../../records/checks';
import { unseal } from '../../records/encoding';
import {
  decodeFootprint,
  encodeFootprint,
  union,
  without,
  type IdFootprint,
} from '../../records/footprint';
import { recordOwner, testOwner } from '../write/record-writer';
import type { StoredTest } from '../../records/types';

interface TestRow {
  position: unknown;
  name: unknown;
  ordinal: unknown;
  outcome: unknown;
  duration: unknown;
  blocks: unknown;
  dependencies: unknown;
}

/** A test without its footprint. */
type TestHead = Omit<StoredTest, 'blocks' | 'dependencies'>;

interface RecordRow {
  complete: unknown;
  blocks: unknown;
  dependencies: unknown;
  environment_id: number;
  path: string;
}

/** Reads details on demand: the tests of a record, the locations of a version. */
export class Details {
  readonly #tests;
  readonly #names;
  readonly #record;
  readonly #places;

  constructor(db: Database) {
    this.#tests = db.prepare<[number], TestRow>(
      'SELECT * FROM test WHERE record_id = ? ORDER BY position',
    );
    this.#names = db
      .prepare<[number], unknown>('SELECT name FROM test WHERE record_id = ? ORDER BY position')
      .pluck();
    this.#record = db.prepare<[number], RecordRow>(
      `SELECT r.complete, r.blocks, r.dependencies, t.environment_id, t.path
       FROM record r JOIN test_file t ON t.id = r.test_file_id WHERE r.id = ?`,
    );
    this.#places = db
      .prepare<[number], unknown>('SELECT text FROM places WHERE file_version_id = ?')
      .pluck();
  }

  /** Returns the tests of a record in order. Empty if one of them cannot be read. */
  tests(recordId: number): StoredTest[] {
    const tests: StoredTest[] = [];
    for (const row of this.#tests.all(recordId)) {
      const test = readTest(row, testOwner(recordId));
      if (test === null) return [];
      tests.push(test);
    }
    return tests;
  }

  /** Returns the names of the tests of a record in order. Empty if one of them cannot be read. */
  testNames(recordId: number): string[][] {
    const names = this.#names.all(recordId).map(readTitles);
    return names.every((name) => name !== null) ? names : [];
  }

  /** Returns the shared part of a record: its footprint without what only tests executed. Null if it cannot be read. */
  shared(recordId: number): { blocks: Buffer; dependencies: Buffer } | null {
    const row = this.#record.get(recordId);
    if (row === undefined) return null;
    const owner = { environmentId: row.environment_id, path: row.path };
    const whole = readFootprint(row, recordOwner(owner, row.complete === 1));
    if (whole === null) return null;
    const own: IdFootprint[] = [];
    for (const test of this.#tests.all(recordId)) {
      const footprint = readFootprint(test, testOwner(recordId));
      if (footprint === null) return null;
      own.push(footprint);
    }
    return encodeFootprint(without(whole, union(own)));
  }

  /**
   * Returns the footprints of a record and of its tests, each row of which is read once. Null if a part cannot be read.
   */
  footprints(recordId: number): { shared: IdFootprint; tests: (TestHead & IdFootprint)[] } | null {
    const row = this.#record.get(recordId);
    if (row === undefined) return null;
    const owner = { environmentId: row.environment_id, path: row.path };
    const whole = readFootprint(row, recordOwner(owner, row.complete === 1));
    if (whole === null) return null;
    const tests: (TestHead & IdFootprint)[] = [];
    for (const testRow of this.#tests.all(recordId)) {
      const test = readWholeTest(testRow, testOwner(recordId));
      if (test === null) return null;
      tests.push(test);
    }
    return { shared: without(whole, union(tests)), tests };
  }

  /** Returns the encoded locations of a version's blocks. Empty if they are unknown. */
  places(versionId: number): string {
    const text = this.#places.get(versionId);
    return isText(text) ? text : '';
  }
}

function readFootprint(
  row: { blocks: unknown; dependencies: unknown },
  owner: string,
): IdFootprint | null {
  const blocks = unseal(row.blocks, owner);
  const dependencies = unseal(row.dependencies, owner);
  if (blocks === null || dependencies === null) return null;
  try {
    return decodeFootprint({ blocks, dependencies });
  } catch {
    // Invalid or damaged, so the record cannot be read.
    return null;
  }
}

function readTest(row: TestRow, owner: string): StoredTest | null {
  const blocks = unseal(row.blocks, owner);
  const dependencies = unseal(row.dependencies, owner);
  const test = readWholeTest(row, owner);
  return test && blocks && dependencies && { ...test, blocks, dependencies };
}

function readWholeTest(row: TestRow, owner: string): (TestHead & IdFootprint) | null {
  const { position, ordinal, outcome, duration } = row;
  const name = readTitles(row.name);
  const footprint = readFootprint(row, owner);
  if (name === null || footprint === null) return null;
  if (!isCount(position) || !isCount(ordinal) || !isTestOutcome(outcome) || !isNumber(duration))
    return null;
  return { position, name, ordinal, outcome, duration, ...footprint };
}
