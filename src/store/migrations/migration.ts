import type { Database } from 'better-sqlite3';

/** One migration of the schema. It runs in a transaction. Once released, it must never change. */
export interface Migration {
  /** The version of the schema after it. Versions count from 1 without gaps. */
  version: number;
  up(db: Database): void;
}
