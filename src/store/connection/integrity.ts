import type { Database } from 'better-sqlite3';

/** The number of reported problems. More would not help. */
const MAX_PROBLEMS = 10;

/**
 * Checks the whole database for damage that opening it does not reveal.
 * @returns One line per problem. Empty if the database is intact.
 */
export function findDamage(db: Database): string[] {
  const lines = db
    .prepare<[], string>(`PRAGMA integrity_check(${MAX_PROBLEMS})`)
    .pluck()
    .all()
    .filter((line) => line !== 'ok');
  lines.push(...tooLargeIds(db));
  const strays = db.prepare('PRAGMA foreign_key_check').all().length;
  return strays === 0 ? lines : [...lines, `${strays} of its rows refer to rows that are missing`];
}

/**
 * Finds tables with ids that are not safe integers in JavaScript. Rows that refer to such an id would get another one
 * after rounding. Also, once the largest id is used, SQLite assigns no more ids, and reports that the disk is full.
 */
function tooLargeIds(db: Database): string[] {
  const ids = db
    .prepare<[], string>(
      `SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'id' WHERE m.type = 'table'`,
    )
    .pluck()
    .all()
    .filter((table) => {
      const query = `SELECT 1 FROM "${table}" WHERE id > ${MAX_ID} OR id < 0 LIMIT 1`;
      return db.prepare(query).get() !== undefined;
    });
  const counters = db
    .prepare<[], string>(
      `SELECT name FROM sqlite_sequence WHERE typeof(seq) <> 'integer' OR seq > ${MAX_ID} OR seq < 0`,
    )
    .pluck()
    .all();
  return [...new Set([...ids, ...counters])].map(
    (table) => `the ids of its table "${table}" are too large`,
  );
}

const MAX_ID = Number.MAX_SAFE_INTEGER;
