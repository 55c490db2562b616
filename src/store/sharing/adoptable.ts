import type { Database } from 'better-sqlite3';
import { BlocksCursor, IdsCursor, unseal } from '../../records/encoding';
import { readEnvironmentHeads, type EnvironmentHead } from '../read/canonical';
import { Loader } from '../read/load';
import { testOwner } from '../write/record-writer';

/** Tables whose rows are copied as they are, or with their ids moved, in an order in which each refers to earlier ones. */
export const ADOPTED_TABLES = [
  'file_version',
  'content',
  'places',
  'dependency',
  'test_file',
  'record',
  'test',
] as const;

/** What test files hit of covered code, in an order in which each table refers to earlier ones. */
export const COVERAGE_TABLES = [
  'counter_layout',
  'hit_set',
  'coverage',
  'script_counts',
  'script_coverage',
] as const;

/**
 * Finds out whether the rows of a bundle can be copied without looking at each again: it is about one environment, and
 * no row is one that a merge would leave out. Only the hashes of records are not computed, which says nothing of a bundle
 * whose own hash is right: whoever makes a false record can make its hash.
 * @param db Without damage.
 * @param from From how many records on this is of use.
 * @returns The environment. Null where the bundle must be merged record by record.
 */
export function findAdoptable(db: Database, from: number): EnvironmentHead | null {
  // An older format was updated in memory, and the file is not what is read here.
  if (db.memory || count(db, 'record') < from) return null;
  const [head, ...others] = readEnvironmentHeads(db);
  if (head === null || head === undefined || others.length > 0) return null;
  return isEveryRowSound(db, head.id) ? head : null;
}

function isEveryRowSound(db: Database, environmentId: number): boolean {
  // It leaves out what is not as we write it.
  const data = new Loader(db).load(environmentId);
  const records = [...data.testFiles.values()].reduce((sum, file) => sum + file.records.length, 0);
  return (
    data.testFiles.size === count(db, 'test_file') &&
    data.versions.size === count(db, 'file_version') &&
    [...data.dependencies.values()].length === count(db, 'dependency') &&
    records === count(db, 'record') &&
    areOthersSound(db) &&
    areTestsSound(db)
  );
}

/** Whether contents and times can be what a merge would take. */
function areOthersSound(db: Database): boolean {
  const max = Number.MAX_SAFE_INTEGER;
  const found = db
    .prepare<[], number>(
      `SELECT EXISTS (SELECT 1 FROM content WHERE typeof(hash) NOT IN ('blob', 'text') OR learned_at NOT BETWEEN 0 AND ${max})
         OR EXISTS (SELECT 1 FROM record WHERE length(hash) <> 32 OR complete NOT IN (0, 1)
           OR recorded_at NOT BETWEEN 0 AND ${max} OR matched_at NOT BETWEEN 0 AND ${max})
         OR EXISTS (SELECT 1 FROM test_file WHERE last_run_at NOT BETWEEN 0 AND ${max})`,
    )
    .pluck()
    .get();
  return found === 0;
}

/** Whether what each test executed is sealed for its record, and decodes. */
function areTestsSound(db: Database): boolean {
  const rows = db
    .prepare<[], [number, unknown, unknown]>('SELECT record_id, blocks, dependencies FROM test')
    .raw();
  for (const [recordId, sealedBlocks, sealedIds] of rows.iterate()) {
    const blocks = unseal(sealedBlocks, testOwner(recordId));
    const dependencies = unseal(sealedIds, testOwner(recordId));
    if (blocks === null || dependencies === null) return false;
    try {
      for (const cursor = new BlocksCursor(blocks); cursor.next(););
      for (const cursor = new IdsCursor(dependencies); cursor.next(););
    } catch {
      // Its record would be left out.
      return false;
    }
  }
  return true;
}

function count(db: Database, table: string): number {
  return db.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0;
}
