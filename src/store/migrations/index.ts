import type { Database } from 'better-sqlite3';
import { initial } from './001-initial';
import { failures } from './002-failures';
import { places } from './003-places';
import { spotChecks } from './004-spot-checks';

/** One step of the schema. It runs inside a transaction and never changes once it was released. */
export interface Migration {
  /** The schema's version after it; versions count from 1 without gaps. */
  version: number;
  up(db: Database): void;
}

/** All steps, oldest first. Append; never edit. */
export const MIGRATIONS: readonly Migration[] = [initial, failures, places, spotChecks];
