import type Database from 'better-sqlite3';
import type { Migration } from '../migrations/migration';
import { printable } from '../../terminal/printable';
import { loadSqlite } from './sqlite';

/** A row of SQLite's schema table. */
interface Part {
  type: unknown;
  name: unknown;
  sql: unknown;
}

/** Tables that SQLite itself creates, for AUTOINCREMENT and for ANALYZE. */
const OF_SQLITE = new Map(
  [
    'CREATE TABLE sqlite_sequence(name,seq)',
    'CREATE TABLE sqlite_stat1(tbl,idx,stat)',
    'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)',
  ].map((sql) => [/sqlite_\w+/.exec(sql)?.[0] ?? '', normal(sql)]),
);

/**
 * Compares the schema of a database with the one that our migrations create. It must be the same: a generated column,
 * a default, a check, an index on an expression, a view, a trigger or a virtual table could compute anything while we
 * read or write.
 * @returns What is different, as a text for parentheses. Null if nothing is.
 */
export function findForeignPart(
  db: Database.Database,
  migrations: readonly Migration[],
): string | null {
  const expected = expectedParts(migrations);
  const found = new Set<string>();
  for (const { type, name, sql } of partsOf(db)) {
    if (typeof type !== 'string' || typeof name !== 'string') return 'it has a part without a name';
    // The index of a UNIQUE or PRIMARY KEY constraint. It has no definition that could be changed.
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

/** Returns the definitions that the migrations create in an empty database, in SQLite's own form. */
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

/**
 * Removes spaces and quotes. Versions of SQLite differ in these when they edit a definition, for example to drop a
 * column.
 */
function normal(sql: string): string {
  return sql.replace(/[\s"]+/g, '');
}
