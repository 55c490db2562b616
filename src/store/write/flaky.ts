import type { Database } from 'better-sqlite3';
import { isCount, isFlakyOutcome, isStoredPath, isText, readTitles } from '../../records/checks';
import type { FlakySighting, ProjectPath, StoredFlakySighting } from '../../records/types';

/** How many sightings of a test file are kept: the last ones. */
export const MAX_SIGHTINGS = 100;

/** For so long a test counts as flaky after it was last seen to be. It may have been mended since. */
const MAX_AGE_MS = 90 * 24 * 3600 * 1000;

/** A longer name says no more to a person: the test file then stands for its test. */
const MAX_NAME_LENGTH = 2_000;

/** The whole key decides, so that the order of merges does not matter. */
const DELETE_EXCESS = `DELETE FROM flaky WHERE (project, path, test, seen_at) IN (
  SELECT project, path, test, seen_at FROM flaky WHERE project = ? AND path = ?
  ORDER BY seen_at DESC, test LIMIT -1 OFFSET ${MAX_SIGHTINGS}
)`;

/** Writes which tests came out otherwise than before with nothing changed. The caller holds the transaction. */
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
    // Of two that were seen at one time one must win, whichever comes first: else the order of merges would matter.
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

  /** A test file failed unaffected for a second time: see the caller. */
  addFile(testFile: ProjectPath, at: number): void {
    this.#addTo({ ...testFile, test: null, outcome: 'failed', seenAt: at });
  }

  /** Forgets a test file that is gone. */
  forget(environmentId: number, path: string): void {
    this.#forget.run(String(this.#projectOf.get(environmentId)), path);
  }

  /** Forgets what was not seen for long. @param now Milliseconds since the epoch. */
  forgetOld(now: number): void {
    this.#forgetOld.run(now - MAX_AGE_MS);
  }

  /** Adds what another database knows. */
  addAll(other: Database): void {
    for (const sighting of readFlaky(other)) this.#addTo(sighting);
  }

  #addTo({ project, path, test, seenAt, outcome }: StoredFlakySighting): void {
    const name = test === null ? '' : JSON.stringify(test);
    this.#add.run(project, path, name.length > MAX_NAME_LENGTH ? '' : name, seenAt, outcome);
    this.#limit.run(project, path);
  }
}

/** Every sighting of a flaky test, newest first. */
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
