import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { readEscapes } from '../write/spot-checks';

/**
 * Hashes which records and failures a database contains. Databases with the same hash select alike. Times and
 * durations do not count.
 */
export function hashContent(db: Database): string {
  const hash = createHash('sha256');
  const rows = db
    .prepare<[], unknown[]>(
      `SELECT e.name, e.project, e.node_major, e.platform, e.hash, t.path, t.failed, hex(r.hash)
       FROM environment e JOIN test_file t ON t.environment_id = e.id LEFT JOIN record r ON r.test_file_id = t.id
       ORDER BY 1, 2, 3, 4, 5, 6, 7, 8`,
    )
    .raw();
  for (const row of rows.iterate()) hash.update(`${JSON.stringify(row)}\n`);
  for (const { project, path, isOpen } of readEscapes(db))
    if (isOpen) hash.update(`${JSON.stringify([project, path])}\n`);
  return hash.digest('hex');
}
