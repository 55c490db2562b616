import type { Database } from 'better-sqlite3';
import type { EnvironmentKey } from '../../records/types';

/** A shared store, as the database at hand knows it. */
export interface SharedPlace {
  /** Which one; never with credentials. */
  store: string;
  /** The scope that this machine writes; null where it only reads. */
  scope: string | null;
}

/** What a shared store has not been sent yet, of one environment. */
export interface UnsentFacts {
  /** Paths of the test files that they are about. */
  paths: string[];
  /** With the path of each one's test file, by id. */
  records: Map<number, string>;
  testFiles: TestFileState[];
}

interface TestFileState {
  id: number;
  path: string;
  lastRunAt: number;
  failed: number;
}

/** Divides facts in two by their test files. Null where they are about one. */
export function halvesOf({ paths, records, testFiles }: UnsentFacts): UnsentFacts[] | null {
  if (paths.length < 2) return null;
  const middle = Math.ceil(paths.length / 2);
  return [paths.slice(0, middle), paths.slice(middle)].map((half) => {
    const known = new Set(half);
    return {
      paths: half,
      records: new Map([...records].filter(([, path]) => known.has(path))),
      testFiles: testFiles.filter(({ path }) => known.has(path)),
    };
  });
}

/** Records that a place has not been sent, of an environment. */
const UNSENT_RECORDS = `FROM test_file t JOIN record r ON r.test_file_id = t.id
  WHERE NOT EXISTS (SELECT 1 FROM shared_record s WHERE s.record_id = r.id AND s.place = ?)
    AND t.environment_id = ?`;

/** Test files that stand otherwise than a place knows. */
const UNSENT_STATES = `FROM test_file t
  LEFT JOIN shared_test_file s ON s.test_file_id = t.id AND s.place = ?
  WHERE (s.last_run_at IS NOT t.last_run_at OR s.failed IS NOT t.failed)`;

/** Keeps account of what went to a shared store, and what came from there. The caller holds the transaction. */
export class SharedFacts {
  readonly #db: Database;
  readonly #store: string;
  readonly #place: string;
  readonly #markRecord;
  readonly #markTestFile;
  readonly #noteBundle;

  constructor(db: Database, { store, scope }: SharedPlace) {
    this.#db = db;
    this.#store = store;
    this.#place = `${store}:${scope ?? ''}`;
    // Another process may have removed a row since it was read.
    this.#markRecord = db.prepare<[string, number]>(
      'INSERT OR IGNORE INTO shared_record (record_id, place) SELECT id, ? FROM record WHERE id = ?',
    );
    this.#markTestFile = db.prepare<[string, number, number, number]>(
      `INSERT OR REPLACE INTO shared_test_file (test_file_id, place, last_run_at, failed)
       SELECT id, ?, ?, ? FROM test_file WHERE id = ?`,
    );
    this.#noteBundle = db.prepare<[string, string, string | null]>(
      `INSERT INTO shared_bundle (store, name, covered_by) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET covered_by = coalesce(covered_by, excluded.covered_by)`,
    );
  }

  /** See `Sharing.taken`. */
  taken(): Map<string, string | null> {
    const rows = this.#db
      .prepare<[string], [string, string | null]>(
        'SELECT name, covered_by FROM shared_bundle WHERE store = ?',
      )
      .raw();
    return new Map(rows.all(this.#store));
  }

  /** Whether there is a test file of an environment. */
  holds({ name, project, nodeMajor, platform, hash }: EnvironmentKey): boolean {
    const found = this.#db
      .prepare<[string, string, number, string, string], number>(
        `SELECT EXISTS (
           SELECT 1 FROM environment e JOIN test_file t ON t.environment_id = e.id
           WHERE e.name = ? AND e.project = ? AND e.node_major = ? AND e.platform = ? AND e.hash = ?
         )`,
      )
      .pluck()
      .get(name, project, nodeMajor, platform, hash);
    return found === 1;
  }

  /** @param coveredBy The bundle that was taken in, and holds all that this one does. */
  noteTaken(name: string, coveredBy: string | null): void {
    this.#noteBundle.run(this.#store, name, coveredBy);
  }

  /** Forgets bundles that are no longer listed. */
  forget(names: readonly string[]): void {
    const remove = this.#db.prepare<[string, string]>(
      'DELETE FROM shared_bundle WHERE store = ? AND name = ?',
    );
    for (const name of names) remove.run(this.#store, name);
  }

  /** Whether anything was recorded in an environment since the last time. */
  hasUnsent(environmentId: number): boolean {
    const found = this.#db
      .prepare<[string, number, string, number], number>(
        `SELECT EXISTS (SELECT 1 ${UNSENT_RECORDS}) OR EXISTS (SELECT 1 ${UNSENT_STATES} AND t.environment_id = ?)`,
      )
      .pluck()
      .get(this.#place, environmentId, this.#place, environmentId);
    return found === 1;
  }

  /** What was recorded in an environment since the last time. */
  unsent(environmentId: number): UnsentFacts {
    const records = this.#db
      .prepare<[string, number], [string, number]>(`SELECT t.path, r.id ${UNSENT_RECORDS}`)
      .raw()
      .all(this.#place, environmentId);
    const testFiles = this.#states('AND t.environment_id = ?', environmentId);
    const paths = new Set([...records.map(([path]) => path), ...testFiles.map(({ path }) => path)]);
    return {
      paths: [...paths],
      records: new Map(records.map(([path, id]) => [id, path])),
      testFiles,
    };
  }

  /** The shared store has these now. */
  markSent({ records, testFiles }: UnsentFacts): void {
    for (const id of records.keys()) this.#markRecord.run(this.#place, id);
    this.#markStates(testFiles);
  }

  /**
   * Does work that brings in what the shared store has, and marks as sent whatever is new after it.
   * @param work Adds records, and changes how test files stand.
   */
  receive(work: () => void): void {
    const known = new Set(this.#states('').map(keyOf));
    const last = this.#db
      .prepare<[], number>('SELECT coalesce(max(id), 0) FROM record')
      .pluck()
      .get();
    work();
    this.#db
      .prepare<[string, number]>(
        'INSERT OR IGNORE INTO shared_record (record_id, place) SELECT id, ? FROM record WHERE id > ?',
      )
      .run(this.#place, last ?? 0);
    this.#markStates(this.#states('').filter((state) => !known.has(keyOf(state))));
  }

  /** How test files stand that stand otherwise than the shared store knows. */
  #states(where: string, ...values: number[]): TestFileState[] {
    return this.#db
      .prepare<unknown[], TestFileState>(
        `SELECT t.id, t.path, t.last_run_at AS lastRunAt, t.failed ${UNSENT_STATES} ${where}`,
      )
      .all(this.#place, ...values);
  }

  #markStates(states: readonly TestFileState[]): void {
    for (const { id, lastRunAt, failed } of states)
      this.#markTestFile.run(this.#place, lastRunAt, failed, id);
  }
}

function keyOf({ id, lastRunAt, failed }: TestFileState): string {
  return `${id}:${lastRunAt}:${failed}`;
}
