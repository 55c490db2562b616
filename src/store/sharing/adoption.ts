import type { Database } from 'better-sqlite3';
import { StoreConnection } from '../connection/store-connection';
import { decodeIds, encodeIds, seal, unseal } from '../../records/encoding';
import { shiftIds } from '../../records/shift-ids';
import type { EnvironmentHead } from '../read/canonical';
import { CoverageMerger } from '../write/merge-coverage';
import { mergeEnvironment, mergeMarks } from '../write/merge-marks';
import { recordOwner, testOwner } from '../write/record-writer';
import type { EnvironmentKey } from '../../records/types';
import { swallowed } from '../../terminal/debug';
import { ADOPTED_TABLES, COVERAGE_TABLES } from './adoptable';

/** Under which name the database of a bundle is attached. */
const BUNDLE = 'bundle';

/** By how much row ids grow, so that they are free in this database. */
interface Shift {
  environment: number;
  version: number;
  testFile: number;
  record: number;
}

/**
 * Copies a bundle into a database, in a transaction of its own, where nothing of its environment is known yet.
 * @param bundle As it was inspected.
 * @param account Does the copying, and keeps account of it in the same transaction.
 * @returns Whether it was copied. If it failed, nothing was written.
 */
export function adopt(
  connection: StoreConnection,
  { file, adoptable: head }: { file: string; adoptable: EnvironmentHead | null },
  wants: (key: EnvironmentKey) => boolean,
  account: (copy: () => boolean) => void = (copy) => void copy(),
): boolean {
  if (head === null || !wants(head.key)) return false;
  const { db } = connection;
  const bundle = new StoreConnection(file, { readonly: true, isChecked: true });
  let isAdopted = false;
  try {
    const copy = () => (isAdopted = new Adoption(db, bundle.db, head).run());
    Adoption.attach(db, file, () => connection.write(() => account(copy)));
    return isAdopted;
  } catch (error) {
    swallowed('store', error, 'copying a bundle, which is merged instead');
    return false;
  } finally {
    bundle.close();
  }
}

/**
 * Copies all rows of a bundle into a database that has nothing of its environment. This takes a tenth of the time of a
 * merge.
 */
export class Adoption {
  readonly #db: Database;
  readonly #bundle: Database;
  readonly #head: EnvironmentHead;

  /**
   * @param db The database, to which `attach` was applied.
   * @param bundle The same bundle, as it was inspected.
   * @param head What `findAdoptable` returned.
   */
  constructor(db: Database, bundle: Database, head: EnvironmentHead) {
    this.#db = db;
    this.#bundle = bundle;
    this.#head = head;
  }

  /**
   * Attaches the file of a bundle for the duration of some work. Constraints between tables hold in the bundle, so they
   * are not checked again for each row.
   * @param work Opens a transaction of its own.
   */
  static attach(db: Database, file: string, work: () => void): void {
    db.prepare(`ATTACH ? AS ${BUNDLE}`).run(file);
    db.pragma('foreign_keys = OFF');
    try {
      work();
    } finally {
      db.pragma('foreign_keys = ON');
      db.exec(`DETACH ${BUNDLE}`);
    }
  }

  /**
   * The caller must open the transaction.
   * @returns False where the database has something of the environment, and nothing was done.
   */
  run(): boolean {
    const { key, id } = this.#head;
    const environment = mergeEnvironment(this.#db, key, this.#head);
    if (this.#holds('test_file', environment) || this.#holds('file_version', environment))
      return false;
    if (environment === id && this.#isEmpty()) this.#copy();
    else this.#move(environment);
    mergeMarks(this.#db, this.#bundle, ({ project }) => project === key.project);
    return true;
  }

  #holds(table: string, environmentId: number): boolean {
    const query = `SELECT 1 FROM ${table} WHERE environment_id = ? LIMIT 1`;
    return this.#db.prepare<[number]>(query).get(environmentId) !== undefined;
  }

  /** Whether every id of the bundle is free, and was never used. */
  #isEmpty(): boolean {
    const used = [...ADOPTED_TABLES, ...COVERAGE_TABLES]
      .map((table) => `EXISTS (SELECT 1 FROM main.${table})`)
      .join(' OR ');
    const sequences = `EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE name <> 'environment' AND seq > 0)`;
    return this.#db.prepare(`SELECT ${used} OR ${sequences}`).pluck().get() === 0;
  }

  /** SQLite copies whole rows and whole indexes where nothing is changed, and a table is empty. */
  #copy(): void {
    for (const table of [...ADOPTED_TABLES, ...COVERAGE_TABLES])
      this.#db.exec(`INSERT INTO main.${table} SELECT * FROM ${BUNDLE}.${table}`);
  }

  #move(environment: number): void {
    const shift: Shift = {
      environment,
      version: this.#last('file_version'),
      testFile: this.#last('test_file'),
      record: this.#last('record'),
    };
    const { version, testFile } = shift;
    this.#db.exec(`
      INSERT INTO main.file_version (id, environment_id, path, form, identity, fingerprints)
        SELECT id + ${version}, ${environment}, path, form, identity, fingerprints FROM ${BUNDLE}.file_version;
      INSERT INTO main.content (hash, file_version_id, learned_at)
        SELECT hash, file_version_id + ${version}, learned_at FROM ${BUNDLE}.content;
      INSERT INTO main.places (file_version_id, text) SELECT file_version_id + ${version}, text FROM ${BUNDLE}.places;
      INSERT INTO main.test_file (id, environment_id, path, failed, last_outcome, duration, order_dependent, last_run_at)
        SELECT id + ${testFile}, ${environment}, path, failed, last_outcome, duration, order_dependent, last_run_at
        FROM ${BUNDLE}.test_file;
      INSERT INTO main.dependency (kind, name, value) SELECT kind, name, value FROM ${BUNDLE}.dependency WHERE true
        ON CONFLICT DO NOTHING;
    `);
    const dependencies = this.#dependencyIds();
    this.#moveRecords(shift, dependencies);
    this.#moveTests(shift, dependencies);
    this.#mergeCoverage(shift);
  }

  /** The largest id that a table has, or had where ids are not used twice. */
  #last(table: 'file_version' | 'test_file' | 'record'): number {
    const query = `SELECT max(coalesce((SELECT max(id) FROM main.${table}), 0),
      coalesce((SELECT seq FROM main.sqlite_sequence WHERE name = '${table}'), 0))`;
    return Number(this.#db.prepare(query).pluck().get());
  }

  /** The ids of the bundle's dependencies in this database. */
  #dependencyIds(): Map<number, number> {
    const rows = this.#db
      .prepare<[], [number, number]>(
        `SELECT b.id, m.id FROM ${BUNDLE}.dependency b JOIN main.dependency m USING (kind, name, value)`,
      )
      .raw();
    return new Map(rows.all());
  }

  #moveRecords(shift: Shift, dependencies: ReadonlyMap<number, number>): void {
    const { environment, testFile, record } = shift;
    const rows = this.#bundle
      .prepare<
        [],
        [string, number, number, Buffer, number, number, number, number, Buffer, Buffer]
      >(
        `SELECT t.path, r.id, r.test_file_id, r.hash, r.complete, r.duration, r.recorded_at, r.matched_at, r.blocks, r.dependencies
         FROM record r JOIN test_file t ON t.id = r.test_file_id`,
      )
      .raw();
    const insert = this.#db.prepare<unknown[]>(
      `INSERT INTO main.record (id, test_file_id, hash, complete, duration, recorded_at, matched_at, blocks, dependencies)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [path, id, owner, ...rest] of rows.iterate()) {
      const [hash, complete, duration, recordedAt, matchedAt, blocks, ids] = rest;
      const before = recordOwner({ environmentId: this.#head.id, path }, complete === 1);
      const after = recordOwner({ environmentId: environment, path }, complete === 1);
      insert.run(
        ...[id + record, owner + testFile, hash, complete, duration, recordedAt, matchedAt],
        movedBlocks(blocks, before, after, shift),
        movedIds(ids, before, after, dependencies),
      );
    }
  }

  #moveTests(shift: Shift, dependencies: ReadonlyMap<number, number>): void {
    const rows = this.#bundle
      .prepare<[], [number, number, string, number, string, number, Buffer, Buffer]>(
        'SELECT record_id, position, name, ordinal, outcome, duration, blocks, dependencies FROM test',
      )
      .raw();
    const insert = this.#db.prepare<unknown[]>(
      `INSERT INTO main.test (record_id, position, name, ordinal, outcome, duration, blocks, dependencies)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [id, position, name, ordinal, outcome, duration, blocks, ids] of rows.iterate()) {
      const recordId = id + shift.record;
      const [before, after] = [testOwner(id), testOwner(recordId)];
      insert.run(
        ...[recordId, position, name, ordinal, outcome, duration],
        movedBlocks(blocks, before, after, shift),
        movedIds(ids, before, after, dependencies),
      );
    }
  }

  #mergeCoverage({ record }: Shift): void {
    const merger = new CoverageMerger(this.#db, this.#bundle, true);
    const ids = this.#bundle
      .prepare<[], number>(
        'SELECT record_id FROM coverage UNION SELECT record_id FROM script_coverage',
      )
      .pluck()
      .all();
    for (const id of ids) merger.take(id + record, id);
  }
}

function movedBlocks(sealed: Buffer, before: string, after: string, { version }: Shift): Buffer {
  return seal(shiftIds(opened(sealed, before), version), after);
}

function movedIds(
  sealed: Buffer,
  before: string,
  after: string,
  dependencies: ReadonlyMap<number, number>,
): Buffer {
  const ids = decodeIds(opened(sealed, before)).map((id) => {
    const moved = dependencies.get(id);
    if (moved === undefined) throw new Error(`There is no dependency ${id}.`);
    return moved;
  });
  return seal(encodeIds(ids.sort((a, b) => a - b)), after);
}

/** The bundle was inspected, so every value is sealed. */
function opened(sealed: Buffer, owner: string): Buffer {
  const payload = unseal(sealed, owner);
  if (payload === null) throw new Error('A value of an inspected bundle is not sealed.');
  return payload;
}
