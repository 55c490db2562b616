import type { Database } from 'better-sqlite3';
import { isCount, isFlakyOutcome, isStoredPath, isText, readTitles } from '../../records/checks';
import type { FlakySighting, ProjectPath, StoredFlakySighting } from '../../records/types';

/** The number of sightings of a test file that are kept. */
export const MAX_SIGHTINGS = 100;

/** A test counts as flaky for this long after its last sighting. It may have been fixed since. */
const MAX_AGE_MS = 90 * 24 * 3600 * 1000;

/** A longer name would not help the user. The sighting then belongs to the test file as a whole. In characters. */
const MAX_NAME_LENGTH = 2_000;

/** Orders by the whole key, so that the order of merges does not matter. */
const DELETE_EXCESS = `DELETE FROM flaky WHERE (project, path, test, seen_at) IN (
  SELECT project, path, test, seen_at FROM flaky WHERE project = ? AND path = ?
  ORDER BY seen_at DESC, test LIMIT -1 OFFSET ${MAX_SIGHTINGS}
)`;

/** Writes the sightings of flaky tests. The caller must open the transaction. */
export class FlakyWriter {
  readonly #projectOf;
  readonly #add;
  readonly #limit;
  readonly #forget;
  readonly #forgetOld;

  constructor(db: Database) {
    this.#projectOf = db
      .prepare<[number], unknown>('SELECT project FROM environment WHERE id = ?')
      .pluck();
    // If two have the same time, the winner must not depend on their order, because the result of merges would depend
    // on it.
    this.#add = db.prepare<[string, string, string, number, string]>(
      `INSERT INTO flaky (project, path, test, seen_at, outcome) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET outcome = max(outcome, excluded.outcome)`,
    );
    this.#limit = db.prepare<[string, string]>(DELETE_EXCESS);
    this.#forget = db.prepare<[string, string]>('DELETE FROM flaky WHERE project = ? AND path = ?');
    this.#forgetOld = db.prepare<[number]>('DELETE FROM flaky WHERE seen_at < ?');
  }

  add({ environmentId, path, test, outcome }: FlakySighting, at: number): void {
    const project = String(this.#projectOf.get(environmentId));
    this.#addTo({ project, path, test, outcome, seenAt: at });
  }

  /** Adds a sighting of a test file that failed a second time although it was unaffected. */
  addFile(testFile: ProjectPath, at: number): void {
    this.#addTo({ ...testFile, test: null, outcome: 'failed', seenAt: at });
  }

  /** Removes the sightings of a deleted test file. */
  forget(environmentId: number, path: string): void {
    this.#forget.run(String(this.#projectOf.get(environmentId)), path);
  }

  /**
   * Removes old sightings.
   * @param now Milliseconds since the epoch.
   */
  forgetOld(now: number): void {
    this.#forgetOld.run(now - MAX_AGE_MS);
  }

  /** Adds the sightings of another database. @param wants Of which test files. */
  addAll(other: Database, wants: (testFile: ProjectPath) => boolean = () => true): void {
    for (const sighting of readFlaky(other)) if (wants(sighting)) this.#addTo(sighting);
  }

  #addTo({ project, path, test, seenAt, outcome }: StoredFlakySighting): void {
    const name = test === null ? '' : JSON.stringify(test);
    this.#add.run(project, path, name.length > MAX_NAME_LENGTH ? '' : name, seenAt, outcome);
    this.#limit.run(project, path);
  }
}

/** Returns every sighting of a flaky test, the newest first. */
export function readFlaky(db: Database): StoredFlakySighting[] {
  return db
    .prepare<[], unknown[]>(
      'SELECT project, path, test, seen_at, outcome FROM flaky ORDER BY seen_at DESC, project, path, test',
    )
    .raw()
    .all()
    .flatMap(([project, path, name, seenAt, outcome]) => {
      const test = name === '' ? null : readTitles(name);
      const isSound =
        isText(project) && isStoredPath(path) && isCount(seenAt) && isFlakyOutcome(outcome);
      return isSound && (name === '' || test !== null)
        ? [{ project, path, test, seenAt, outcome }]
        : [];
    });
}
