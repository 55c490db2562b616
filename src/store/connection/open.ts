import * as fs from 'node:fs';
import * as path from 'node:path';
import type Database from 'better-sqlite3';
import { findTooLargeValue } from './bounds';
import { asStoreError, StoreError } from './errors';
import { MIGRATIONS } from '../migrations';
import type { Migration } from '../migrations/migration';
import { findForeignPart } from './schema';
import { loadSqlite } from './sqlite';

/** Identifies our databases in the SQLite header: the ASCII codes of `tmon`. */
export const APPLICATION_ID = 0x746d6f6e;

/** How to open a database. */
export interface OpenOptions {
  /** Whether nothing may be written, not even a missing database. By default false. */
  readonly?: boolean;
  /** For a read-only database of an older format: `refuse` it, or update a `copy` in memory. By default `refuse`. */
  older?: 'refuse' | 'copy';
  /** Whether this process has checked the file already, which nobody else can write. By default false. */
  isChecked?: boolean;
  /** Milliseconds to wait for a lock of another process. By default 10,000. */
  timeout?: number;
  /** The migrations of the schema. By default all. */
  migrations?: readonly Migration[] | undefined;
}

/**
 * Opens a database file and updates its schema. Unless it is opened read-only, a missing or empty file becomes a new
 * database.
 * @param file Absolute path.
 * @throws {StoreError} If the database cannot be used.
 */
export function openDatabase(file: string, options: OpenOptions = {}): Database.Database {
  const { readonly = false, timeout = 10_000, migrations = MIGRATIONS, isChecked } = options;
  let db: Database.Database | undefined;
  try {
    checkFile(file, readonly);
    db = new (loadSqlite())(file, { readonly, timeout });
    setUp(db, readonly);
    if (isChecked !== true) checkSchema(db, file, migrations);
    if (readonly && options.older === 'copy' && isOlder(db, file, migrations))
      db = updatedCopy(db, file, migrations);
    else if (readonly) checkVersion(db, file, migrations);
    else migrate(db, file, migrations);
    return db;
  } catch (error) {
    db?.close();
    throw asStoreError(error, file);
  }
}

/** Returns an error if SQLite itself cannot be loaded, else null. */
export function findMissingBuild(): StoreError | null {
  try {
    new (loadSqlite())(':memory:').close();
    return null;
  } catch (error) {
    return asStoreError(error, ':memory:');
  }
}

/**
 * Checks what SQLite would silently accept: a file that is read-only although it should be written, and anything
 * unusual in read-only mode.
 */
function checkFile(file: string, readonly: boolean): void {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) {
    const reason = readonly ? 'unreadable' : 'unwritable';
    throw new StoreError(reason, file, 'it is not a file');
  }
  // Checked by its size. Reading the file is not allowed, because closing it would release the locks of other
  // threads.
  if (stats !== undefined && stats.size > 0 && stats.size < MIN_PAGE_BYTES) {
    throw new StoreError('damaged', file, 'it is no SQLite database');
  }
  if (readonly) {
    if (stats === undefined) throw new StoreError('missing', file, 'no such file');
    if (stats.size === 0) throw new StoreError('missing', file, 'the file is empty');
    return;
  }
  const folder = path.dirname(path.resolve(file));
  fs.mkdirSync(folder, { recursive: true });
  // Without permission to write, SQLite would silently open the file read-only. Its journal needs a writable folder.
  fs.accessSync(folder, fs.constants.W_OK);
  if (stats !== undefined) fs.accessSync(file, fs.constants.W_OK);
  else makePrivate(file);
}

/**
 * Creates the file so that only this user can read it. Its values are hashed, but names, paths and times are private
 * too. SQLite's other files get the same mode.
 */
function makePrivate(file: string): void {
  try {
    fs.closeSync(fs.openSync(file, 'wx', 0o600));
  } catch (error) {
    // Another process created it first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The smallest page size. SQLite treats a smaller file as an empty database. */
const MIN_PAGE_BYTES = 512;

function setUp(db: Database.Database, readonly: boolean): void {
  // The schema may be malicious: it must not call functions, and its cells are checked when they are read.
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('foreign_keys = ON');
  // In KiB, allocated on demand. Enough to write a full run once, at its end.
  db.pragma('cache_size = -128000');
  if (readonly) {
    db.pragma('query_only = ON');
    return;
  }
  // Applies to a new or vacuumed database. A record takes some kilobytes, for which pages of 4096 bytes waste an
  // eighth.
  db.pragma('page_size = 8192');
  // Costs a few syncs per run. The database survives a power failure.
  db.pragma('synchronous = FULL');
}

function migrate(db: Database.Database, file: string, migrations: readonly Migration[]): void {
  const newest = newestOf(migrations);
  if (versionOf(db, file) === newest) {
    keepSingleFile(db);
    return;
  }
  checkVersion(db, file, migrations, true);
  keepSingleFile(db);
  // A migration may rebuild tables that others refer to. Foreign keys can only be switched off outside of a
  // transaction.
  db.pragma('foreign_keys = OFF');
  db.transaction(() => {
    // Another process may have migrated it in the meantime.
    const version = versionOf(db, file);
    if (version > newest) checkVersion(db, file, migrations);
    const from = migrations.filter((migration) => migration.version > version);
    if (!canMigrate(db, from)) {
      const detail = 'its rows do not fit together, so its format could not be updated';
      throw new StoreError('damaged', file, detail);
    }
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${newest}`);
  }).immediate();
  db.pragma('foreign_keys = ON');
}

/**
 * Runs migrations. Returns false if one of them fails because of the data: migrations copy rows into tables with
 * constraints, which rows of an unknown author may violate.
 */
function canMigrate(db: Database.Database, migrations: readonly Migration[]): boolean {
  try {
    for (const migration of migrations) migration.up(db);
  } catch (error) {
    if (/^SQLITE_(?:CONSTRAINT|MISMATCH)/.test(String((error as { code?: unknown }).code)))
      return false;
    throw error;
  }
  return db.prepare('PRAGMA foreign_key_check').get() === undefined;
}

function isOlder(db: Database.Database, file: string, migrations: readonly Migration[]): boolean {
  const version = versionOf(db, file);
  return version > 0 && version < newestOf(migrations);
}

/** Returns a copy of a database in memory, migrated to the newest format. The file stays unchanged. */
function updatedCopy(
  db: Database.Database,
  file: string,
  migrations: readonly Migration[],
): Database.Database {
  const copy = new (loadSqlite())(db.serialize());
  db.close();
  try {
    setUp(copy, false);
    migrate(copy, file, migrations);
    copy.pragma('query_only = ON');
    return copy;
  } catch (error) {
    copy.close();
    throw error;
  }
}

/**
 * Leaves WAL mode, in which a database consists of three files. Ours must be one file, so that it can be copied and
 * cached.
 */
function keepSingleFile(db: Database.Database): void {
  if (db.pragma('journal_mode', { simple: true }) === 'wal') db.pragma('journal_mode = DELETE');
}

/** @returns The version of the schema. Zero for an empty database. */
function versionOf(db: Database.Database, file: string): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const application = Number(db.pragma('application_id', { simple: true }));
  if (application === APPLICATION_ID) {
    // Both are set in the transaction that creates the tables.
    if (version < 1) throw new StoreError('damaged', file, `it has no format ${version}`);
    return version;
  }
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as {
    tables: number;
  };
  if (application === 0 && version === 0 && tables === 0) return 0;
  throw new StoreError('foreign', file, 'another program made it');
}

function checkVersion(
  db: Database.Database,
  file: string,
  migrations: readonly Migration[],
  mayMigrate = false,
): void {
  const version = versionOf(db, file);
  const newest = newestOf(migrations);
  if (version > newest) {
    throw new StoreError('newer', file, `format ${version}, and this one knows up to ${newest}`);
  }
  if (mayMigrate || version === newest) return;
  if (version === 0) throw new StoreError('missing', file, 'nothing was recorded in it');
  throw new StoreError('older', file, `format ${version}, and this one writes ${newest}`);
}

function newestOf(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

/** Checks the schema before anything in the database is used, and before migrations run. */
function checkSchema(db: Database.Database, file: string, migrations: readonly Migration[]): void {
  const version = versionOf(db, file);
  const steps = migrations.filter((migration) => migration.version <= version);
  // An empty one is about to be created, and the schema of a newer one is unknown.
  if (version === 0 || version > newestOf(migrations)) return;
  const foreign = findForeignPart(db, steps);
  const problem = foreign ?? findTooLargeValue(db);
  if (problem !== null) throw new StoreError('altered', file, problem);
}
