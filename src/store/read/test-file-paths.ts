import type { Database } from 'better-sqlite3';
import { isStoredPath } from '../../records/checks';

/** Returns the paths of all test files with any data in an environment or its project. */
export function readTestFilePaths(db: Database, environmentId: number): string[] {
  return db
    .prepare<[number, number, number, number, number], unknown>(
      `SELECT path FROM test_file WHERE environment_id = ?
       UNION SELECT f.path FROM environment e JOIN failure f ON f.project = e.project WHERE e.id = ?
       UNION SELECT f.path FROM environment e JOIN flaky f ON f.project = e.project WHERE e.id = ?
       UNION SELECT s.path FROM environment e JOIN spot_check s ON s.project = e.project WHERE e.id = ?
       UNION SELECT s.path FROM environment e JOIN escaped s ON s.project = e.project AND s.found_at > s.settled_at WHERE e.id = ?`,
    )
    .pluck()
    .all(environmentId, environmentId, environmentId, environmentId, environmentId)
    .filter(isStoredPath);
}
