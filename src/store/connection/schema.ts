import type Database from 'better-sqlite3';
import type { Migration } from '../migrations/migration';
import { printable } from '../../terminal/printable';
import { loadSqlite } from './sqlite';

/** A line of SQLite's own table of what a database consists of. */
interface Part {
  type: unknown;
  name: unknown;
  sql: unknown;
}

/** What SQLite makes by itself: for AUTOINCREMENT, and where somebody had it analyse the tables. */
const OF_SQLITE = new Map(
  [
    'CREATE TABLE sqlite_sequence(name,seq)',
    'CREATE TABLE sqlite_stat1(tbl,idx,stat)',
    'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)',
  ].map((sql) => [/sqlite_\w+/.exec(sql)?.[0] ?? '', normal(sql)]),
);

/**
 * Looks for what a database has that we do not make, or lacks. It must be exactly what our steps make: a generated
 * column, a default, a check, an index on an expression, a view, a trigger or a virtual table computes whatever its
 * author wants, as we read or write.
 * @returns What is wrong, as it may stand in parentheses; null where nothing is.
 */
export function findForeignPart(
  db: Database.Database,
  migrations: readonly Migration[],
): string | null {
  const expected = expectedParts(migrations);
  const found = new Set<string>();
  for (const { type, name, sql } of partsOf(db)) {
    if (typeof type !== 'string' || typeof name !== 'string') return 'it has a part without a name';
    // The index of a UNIQUE or PRIMARY KEY; it can be nothing else.
    if (type === 'index' && sql === null) continue;
    const text = typeof sql === 'string' ? normal(sql) : '';
    if (type === 'table' && OF_SQLITE.get(name) === text) continue;
    const wanted = expected.get(`${type} ${name}`);
    if (wanted === undefined) return `the ${type} "${printable(name)}" is not one of its parts`;
    if (wanted !== text) return `its ${type} "${name}" is defined otherwise`;
    found.add(`${type} ${name}`);
  }
  const lacking = [...expected.keys()].find((part) => !found.has(part));
  return lacking === undefined ? null : `its ${lacking.replace(' ', ' "')}" is missing`;
}

/** What the steps make of an empty database: the same texts, as SQLite keeps them. */
function expectedParts(migrations: readonly Migration[]): Map<string, string> {
  const db = new (loadSqlite())(':memory:');
  try {
    for (const step of migrations) step.up(db);
    const own = partsOf(db).filter(({ name }) => !OF_SQLITE.has(String(name)));
    return new Map(
      own.flatMap(({ type, name, sql }): [string, string][] =>
        typeof sql === 'string' ? [[`${String(type)} ${String(name)}`, normal(sql)]] : [],
      ),
    );
  } finally {
    db.close();
  }
}

function partsOf(db: Database.Database): Part[] {
  return db.prepare('SELECT type, name, sql FROM sqlite_schema').all() as Part[];
}

/** Versions of SQLite that edit the text, as for a column that goes, need not agree on spaces and quotes. */
function normal(sql: string): string {
  return sql.replace(/[\s"]+/g, '');
}
