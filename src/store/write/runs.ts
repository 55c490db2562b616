import type { Database } from 'better-sqlite3';
import { isCount, isNumber } from '../../records/checks';
import type { RunSummary } from '../../records/types';

/** How many runs are kept. */
export const MAX_RUNS = 200;

/** A total order, so that the kept runs do not depend on the order of insertion. */
const NEWEST_FIRST = 'started_at DESC, duration DESC, selected DESC, total DESC, saved DESC';

/** Returns the last runs, the newest first. */
export function readRuns(db: Database, limit: number): RunSummary[] {
  return db
    .prepare<[number], Record<string, unknown>>(
      `SELECT * FROM run ORDER BY ${NEWEST_FIRST} LIMIT ?`,
    )
    .all(limit)
    .flatMap(({ started_at: startedAt, duration, selected, total, saved }) =>
      isCount(startedAt) &&
      isNumber(duration) &&
      isCount(selected) &&
      isCount(total) &&
      isNumber(saved)
        ? [{ startedAt, duration, selected, total, saved }]
        : [],
    );
}

/** Deletes all but the last runs. */
export function limitRuns(db: Database): void {
  db.prepare<[number]>(
    `DELETE FROM run WHERE id IN (SELECT id FROM run ORDER BY ${NEWEST_FIRST} LIMIT -1 OFFSET ?)`,
  ).run(MAX_RUNS);
}
