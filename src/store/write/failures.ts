import type { Database } from 'better-sqlite3';
import { isCount, isStoredPath } from '../../records/checks';
import type { ProjectPath, TestFileKey } from '../../records/types';

/** The number of failures of a test file that are kept. */
export const MAX_FAILURES = 10;

/** Deletes all but the last failures of a test file. */
const DELETE_EXCESS = `DELETE FROM failure WHERE (project, path, failed_at) IN (
  SELECT project, path, failed_at FROM failure WHERE project = ? AND path = ?
  ORDER BY failed_at DESC LIMIT -1 OFFSET ${MAX_FAILURES}
)`;

/** Writes when test files failed. The caller must open the transaction. */
export class FailureWriter {
  readonly #projectOf;
  readonly #add;
  readonly #limit;
  readonly #forget;

  constructor(db: Database) {
    this.#projectOf = db
      .prepare<[number], unknown>('SELECT project FROM environment WHERE id = ?')
      .pluck();
    this.#add = db.prepare<[string, string, number]>(
      'INSERT OR IGNORE INTO failure (project, path, failed_at) VALUES (?, ?, ?)',
    );
    this.#limit = db.prepare<[string, string]>(DELETE_EXCESS);
    this.#forget = db.prepare<[string, string]>(
      'DELETE FROM failure WHERE project = ? AND path = ?',
    );
  }

  /** @param at Milliseconds since the epoch. */
  add({ environmentId, path }: TestFileKey, at: number): void {
    this.#addTo(String(this.#projectOf.get(environmentId)), path, at);
  }

  /** Removes the failures of a deleted test file. */
  forget(environmentId: number, path: string): void {
    this.#forget.run(String(this.#projectOf.get(environmentId)), path);
  }

  /**
   * Adds the failures of another database.
   * @param wants Whether to add those of a test file. By default all are added.
   */
  addAll(other: Database, wants: (testFile: ProjectPath) => boolean = () => true): void {
    for (const [project, failures] of readAllFailures(other))
      for (const [path, times] of failures)
        if (wants({ project, path })) for (const at of times) this.#addTo(project, path, at);
  }

  #addTo(project: string, path: string, at: number): void {
    this.#add.run(project, path, at);
    this.#limit.run(project, path);
  }
}

/**
 * Returns when the test files of a project failed, by path.
 * @returns Milliseconds since the epoch, the newest first. Test files without failures have no entry.
 */
export function readFailures(db: Database, project: string): Map<string, number[]> {
  const rows = db
    .prepare<[string], unknown[]>(
      'SELECT path, failed_at FROM failure WHERE project = ? ORDER BY failed_at DESC',
    )
    .raw();
  const failures = new Map<string, number[]>();
  for (const [path, at] of rows.iterate(project)) {
    if (!isStoredPath(path) || !isCount(at)) continue;
    const known = failures.get(path);
    if (known === undefined) failures.set(path, [at]);
    else if (known.length < MAX_FAILURES) known.push(at);
  }
  return failures;
}

function* readAllFailures(db: Database): Generator<[project: string, Map<string, number[]>]> {
  const projects = db.prepare<[], string>('SELECT DISTINCT project FROM failure').pluck().all();
  for (const project of projects) yield [project, readFailures(db, project)];
}
