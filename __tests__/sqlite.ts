import type BetterSqlite3 from 'better-sqlite3';
import { loadSqlite, type Sqlite } from '../src/store/connection/sqlite';

/** SQLite as the store uses it: tests look into databases by it, and make odd ones. */
export const Database: Sqlite = loadSqlite();
export type Database = BetterSqlite3.Database;
