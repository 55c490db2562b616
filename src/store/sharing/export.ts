import type { Database } from 'better-sqlite3';
import type { StoreConnection } from '../connection/store-connection';
import type { SelectionData, StoredRecord } from '../../records/types';
import {
  LoadedRows,
  readEnvironmentHeads,
  readVerifiedRecord,
  type EnvironmentHead,
} from '../read/canonical';
import { Details } from '../read/details';
import { Loader } from '../read/load';
import { collectReferences } from '../read/references';
import { coverageOwner } from '../write/coverage';
import { mergeMarks } from '../write/merge-marks';
import { scriptsOwner } from '../write/scripts';
import { usedIds } from '../write/used-ids';
import { makeBundle } from './bundle-file';
import type { UnsentFacts } from './shared-facts';

/** Under which name the new database is attached. */
const BUNDLE = 'bundle';

/**
 * Writes facts of one environment into a new database, with all rows that they refer to. Each row keeps its id, so it is
 * copied as it is. A record that was damaged is left out.
 * @param source Not in a transaction.
 * @param file The database to make.
 */
export function exportFacts(
  source: StoreConnection,
  file: string,
  environmentId: number,
  facts: UnsentFacts,
): void {
  const { db } = source;
  const head = readEnvironmentHeads(db).find((one) => one?.id === environmentId);
  makeBundle(file, (target) => {
    if (head) writeHead(target.db, head, db, facts);
  });
  if (!head) return;
  db.prepare(`ATTACH ? AS ${BUNDLE}`).run(file);
  try {
    db.pragma(`${BUNDLE}.synchronous = OFF`);
    source.atomically(() => copyFacts(db, environmentId, facts));
  } finally {
    db.exec(`DETACH ${BUNDLE}`);
  }
}

/** Writes the environment, and what is known of its test files beside their records. */
function writeHead(
  target: Database,
  { key, id, createdAt, usedAt }: EnvironmentHead,
  source: Database,
  { paths }: UnsentFacts,
): void {
  target
    .prepare<unknown[]>(
      `INSERT INTO environment (id, name, project, node_major, platform, hash, created_at, used_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(id, key.name, key.project, key.nodeMajor, key.platform, key.hash, createdAt, usedAt);
  const known = new Set(paths);
  mergeMarks(target, source, ({ project, path }) => project === key.project && known.has(path));
}

function copyFacts(db: Database, environmentId: number, { paths, records }: UnsentFacts): void {
  const data = new Loader(db).loadReferred(environmentId, paths);
  const testFiles = [...data.testFiles.values()];
  const sound = soundRecords(db, data, records);
  const used = collectReferences([{ records: sound }]);
  const copy = (table: string, column: string, ids: Iterable<number>): void => {
    db.prepare<[string]>(
      `INSERT INTO ${BUNDLE}.${table}
       SELECT m.* FROM json_each(?) AS j CROSS JOIN main.${table} m ON m.${column} = j.value`,
    ).run(JSON.stringify([...ids]));
  };
  const recordIds = sound.map(({ id }) => id);
  copy('file_version', 'id', used.versions);
  copy('content', 'file_version_id', used.versions);
  copy('places', 'file_version_id', used.versions);
  copy('dependency', 'id', used.dependencies);
  copy(
    'test_file',
    'id',
    testFiles.map(({ id }) => id),
  );
  copy('record', 'id', recordIds);
  copy('test', 'record_id', recordIds);
  copy('coverage', 'record_id', recordIds);
  copy('script_coverage', 'record_id', recordIds);
  copyHits(db, copy);
}

/** Those of some records whose content is what their hashes say. */
function soundRecords(
  db: Database,
  data: SelectionData,
  wanted: ReadonlyMap<number, string>,
): StoredRecord[] {
  const details = new Details(db);
  const rows = new LoadedRows(data);
  return [...data.testFiles.values()].flatMap(({ records }) =>
    records.filter(
      (record) => wanted.has(record.id) && readVerifiedRecord(record, details, rows) !== null,
    ),
  );
}

/** Copies what the coverage of the copied records refers to. */
function copyHits(
  db: Database,
  copy: (table: string, column: string, ids: Iterable<number>) => void,
): void {
  const hits = db
    .prepare<[], [number, unknown]>(`SELECT record_id, hit_sets FROM ${BUNDLE}.coverage`)
    .raw();
  const sets = usedIds(hits.all(), ([recordId, sealed]) => ({
    ...{ recordId, sealed },
    owner: coverageOwner(recordId),
  })).used;
  const layouts = db
    .prepare<[string], number>(
      `SELECT DISTINCT m.counter_layout_id FROM json_each(?) AS j CROSS JOIN main.hit_set m ON m.id = j.value`,
    )
    .pluck()
    .all(JSON.stringify([...sets]));
  copy('counter_layout', 'id', layouts);
  copy('hit_set', 'id', sets);
  const scripts = db
    .prepare<[], [number, string, unknown]>(
      `SELECT record_id, key, counts FROM ${BUNDLE}.script_coverage`,
    )
    .raw();
  const counts = usedIds(scripts.all(), ([recordId, key, sealed]) => ({
    ...{ recordId, sealed },
    owner: scriptsOwner(recordId, key),
  })).used;
  copy('script_counts', 'id', counts);
}
