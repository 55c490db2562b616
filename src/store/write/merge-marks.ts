import type { Database } from 'better-sqlite3';
import { Clock } from '../connection/clock';
import { FailureWriter } from './failures';
import { FlakyWriter } from './flaky';
import { SpotCheckWriter } from './spot-checks';
import type { EnvironmentKey, ProjectPath } from '../../records/types';

/**
 * Finds or creates the row of an environment of another database.
 * @returns Its id in this database.
 */
export function mergeEnvironment(
  target: Database,
  { name, project, nodeMajor, platform, hash }: EnvironmentKey,
  { createdAt, usedAt }: { createdAt: number; usedAt: number },
): number {
  return Number(
    target
      .prepare<unknown[], number>(
        `INSERT INTO environment (name, project, node_major, platform, hash, created_at, used_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET used_at = max(used_at, excluded.used_at), created_at = min(created_at, excluded.created_at)
         RETURNING id`,
      )
      .pluck()
      .get(name, project, nodeMajor, platform, hash, createdAt, usedAt),
  );
}

/**
 * Adds what another database knows of test files beside their records: failures, flaky tests and spot checks. The next
 * commit will be later than all that was added, the records included.
 * @param wants Of which test files.
 */
export function mergeMarks(
  target: Database,
  source: Database,
  wants: (testFile: ProjectPath) => boolean,
): void {
  new FailureWriter(target).addAll(source, wants);
  new FlakyWriter(target).addAll(source, wants);
  new SpotCheckWriter(target).addAll(source, wants);
  const latest = target
    .prepare<[], unknown>(
      `SELECT max(at) FROM (SELECT max(matched_at) AS at FROM record UNION ALL SELECT max(failed_at) FROM failure
         UNION ALL SELECT max(seen_at) FROM flaky
         UNION ALL SELECT max(found_at) FROM escaped UNION ALL SELECT max(checked_at) FROM spot_check)`,
    )
    .pluck()
    .get();
  new Clock(target).passed(Number(latest));
}
