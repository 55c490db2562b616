import type { Database } from 'better-sqlite3';

/** One step of the schema. It runs inside a transaction and never changes once it was released. */
export interface Migration {
  /** The schema's version after it; versions count from 1 without gaps. */
  version: number;
  up(db: Database): void;
}
