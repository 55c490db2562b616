import * as fs from 'node:fs';
import * as path from 'node:path';
import type Database from 'better-sqlite3';
import { findTooLargeValue } from './bounds';
import { asStoreError, StoreError } from './errors';
import { MIGRATIONS } from '../migrations';
import type { Migration } from '../migrations/migration';
import { findForeignPart } from './schema';
import { loadSqlite } from './sqlite';

/** Marks our databases in the SQLite header: the ASCII codes of `tmon`. */
export const APPLICATION_ID = 0x746d6f6e;

/** How a database is opened. */
export interface OpenOptions {
  /** Never write, not even what is missing. Default: false. */
  readonly?: boolean;
  /** Read-only, what to do with an older format: refuse it, or update a copy in memory. Default: `refuse`. */
  older?: 'refuse' | 'copy';
  /** Milliseconds to wait for another process's lock. Default: 10,000. */
  timeout?: number;
  /** The steps of the schema. Default: all there are. */
  migrations?: readonly Migration[] | undefined;
}

/**
 * Opens a database file and brings its schema up to date. In write mode a file that is missing or empty becomes a
 * new database.
 * @throws StoreError
 */
export function openDatabase(file: string, options: OpenOptions = {}): Database.Database {
  const { readonly = false, timeout = 10_000, migrations = MIGRATIONS } = options;
  let db: Database.Database | undefined;
  try {
    checkFile(file, readonly);
    db = new (loadSqlite())(file, { readonly, timeout });
    setUp(db, readonly);
    checkSchema(db, file, migrations);
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

/** Why SQLite itself cannot be loaded; null where it can. */
export function findMissingBuild(): StoreError | null {
  try {
    new (loadSqlite())(':memory:').close();
    return null;
  } catch (error) {
    return asStoreError(error, ':memory:');
  }
}

/** What SQLite would accept in silence: a read-only file in write mode, and anything odd in read-only mode. */
function checkFile(file: string, readonly: boolean): void {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) {
    const reason = readonly ? 'unreadable' : 'unwritable';
    throw new StoreError(reason, file, 'it is not a file');
  }
  // Never by reading the file: closing it would drop the locks that other threads hold on it.
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
  // SQLite falls back to reading where it may not write; its journal needs the folder.
  fs.accessSync(folder, fs.constants.W_OK);
  if (stats !== undefined) fs.accessSync(file, fs.constants.W_OK);
  else makePrivate(file);
}

/** Its values are hashed, but names, paths and times are for nobody else either. SQLite's companions take its mode. */
function makePrivate(file: string): void {
  try {
    fs.closeSync(fs.openSync(file, 'wx', 0o600));
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The smallest page there is; SQLite takes a smaller file for an empty database. */
const MIN_PAGE_BYTES = 512;

function setUp(db: Database.Database, readonly: boolean): void {
  // The schema may come from anyone: it must not call functions, and its cells are checked as they are read.
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('foreign_keys = ON');
  // Kibibytes, taken as needed: enough for a full run to be written once, at its end.
  db.pragma('cache_size = -128000');
  if (readonly) {
    db.pragma('query_only = ON');
    return;
  }
  // Of a new database, or one that is vacuumed. A record is some kilobytes: of those, pages of 4096 waste an eighth.
  db.pragma('page_size = 8192');
  // Full: a commit is a few syncs per run, and the database outlives a power cut.
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
  // Steps may rebuild tables that others refer to; that is only possible outside a transaction.
  db.pragma('foreign_keys = OFF');
  db.transaction(() => {
    // Another process may have been faster.
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

/** Whether the steps went well. They copy rows into tables with rules, which rows of an unknown author may break. */
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

/** The same content in the newest format, in memory: the file stays as it is. */
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

/** A database in WAL mode is three files; ours is one, to copy and to cache. */
function keepSingleFile(db: Database.Database): void {
  if (db.pragma('journal_mode', { simple: true }) === 'wal') db.pragma('journal_mode = DELETE');
}

/** @returns The schema's version; 0 for a database without content. */
function versionOf(db: Database.Database, file: string): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const application = Number(db.pragma('application_id', { simple: true }));
  if (application === APPLICATION_ID) {
    // Both are set in the transaction that makes the tables.
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

/** Before anything of it is used, and before our steps run on it. */
function checkSchema(db: Database.Database, file: string, migrations: readonly Migration[]): void {
  const version = versionOf(db, file);
  const steps = migrations.filter((migration) => migration.version <= version);
  // An empty one is about to be made, and of a newer one we know nothing.
  if (version === 0 || version > newestOf(migrations)) return;
  const foreign = findForeignPart(db, steps);
  const problem = foreign ?? findTooLargeValue(db);
  if (problem !== null) throw new StoreError('altered', file, problem);
}
