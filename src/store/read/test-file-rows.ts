import { isCount, isNumber, isRunOutcome, isStoredPath } from '../../records/checks';
import { unseal } from '../../records/encoding';
import type { StoredRecord, StoredTestFile, TestFileKey } from '../../records/types';
import { recordOwner } from '../write/record-writer';

export type Row = unknown[];

/** A commit leaves fewer records of a test file. A foreign database might contain more. */
export const MAX_RECORDS_PER_TEST_FILE = 64;

/** @returns Null for an invalid row. */
export function readTestFile(row: Row | undefined): StoredTestFile | null {
  const [id, path, failed, lastOutcome, orderDependent, duration, lastRunAt] = row ?? [];
  if (!isCount(id) || !isStoredPath(path)) return null;
  return {
    id,
    path,
    // Anything but 0 counts as failed, because running a test too often is harmless.
    failed: failed !== 0,
    lastOutcome: isRunOutcome(lastOutcome) ? lastOutcome : 'failed',
    orderDependent: orderDependent === 1,
    duration: isNumber(duration) ? duration : undefined,
    lastRunAt: isCount(lastRunAt) ? lastRunAt : 0,
    records: [],
  };
}

/**
 * Adds records to their test files.
 * @param rows Columns: test file, id, hash, complete, duration, recorded_at, matched_at, blocks, dependencies.
 */
export function addRecords(
  environmentId: number,
  testFiles: ReadonlyMap<number, StoredTestFile>,
  rows: Iterable<Row>,
): void {
  for (const row of rows) {
    const testFile = testFiles.get(row[0] as number);
    if (testFile === undefined || testFile.records.length >= MAX_RECORDS_PER_TEST_FILE) continue;
    const record = readRecordRow({ environmentId, path: testFile.path }, row);
    if (record !== null) testFile.records.push(record);
  }
}

function readRecordRow(
  testFile: TestFileKey,
  [, id, hash, complete, duration, recordedAt, matchedAt, blocks, dependencies]: Row,
): StoredRecord | null {
  const own = readRecordHead(id, complete, duration, recordedAt, matchedAt);
  const owner = recordOwner(testFile, complete === 1);
  const blockBytes = unseal(blocks, owner);
  const dependencyBytes = unseal(dependencies, owner);
  if (own === null || !Buffer.isBuffer(hash) || blockBytes === null || dependencyBytes === null)
    return null;
  return {
    ...own,
    hash: hash.toString('hex'),
    blocks: blockBytes,
    dependencies: dependencyBytes,
  };
}

/** Creates a record without its footprint. Null for an invalid row. */
export function readRecordHead(
  id: unknown,
  complete: unknown,
  duration: unknown,
  recordedAt: unknown,
  matchedAt: unknown,
): RecordHead | null {
  if (!isCount(id)) return null;
  return {
    id,
    complete: complete === 1,
    duration: isNumber(duration) ? duration : 0,
    recordedAt: isCount(recordedAt) ? recordedAt : 0,
    matchedAt: isCount(matchedAt) ? matchedAt : 0,
  };
}

type RecordHead = Pick<StoredRecord, 'id' | 'complete' | 'duration' | 'recordedAt' | 'matchedAt'>;

/** Sorts the records of each test file. Those that matched last come first, because they are likely to match again. */
export function sortRecords(testFiles: Iterable<StoredTestFile>): void {
  for (const { records } of testFiles) {
    if (records.length < 2) continue;
    records.sort(
      (a, b) =>
        b.matchedAt - a.matchedAt || b.recordedAt - a.recordedAt || (a.hash < b.hash ? 1 : -1),
    );
  }
}
