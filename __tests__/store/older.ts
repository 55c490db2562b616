import * as fs from 'node:fs';
import * as zlib from 'node:zlib';
import { APPLICATION_ID } from '../../src/store/connection/open';
import { MIGRATIONS } from '../../src/store/migrations';
import { Database } from '../sqlite';

/** Turns a database into what the first released format was, with all that it could hold. */
export function makeFormat1(file: string): void {
  rebuild(file, 1);
}

/** Turns a database into the third format, which knew no spot checks. */
export function makeFormat3(file: string): void {
  rebuild(file, 3);
}

/** Turns a database into the fifth format, which knew nothing of shared stores. */
export function makeFormat5(file: string): void {
  rebuild(file, 5);
}

/** Turns a database into the second format, which packed places and kept them beside fingerprints. */
export function makeFormat2(file: string): void {
  rebuild(file, 2);
}

/** Turns a database into the fourth format, which marked failures that came with nothing changed. */
export function makeFormat4(file: string): void {
  rebuild(file, 4);
}

/** Turns a database into the sixth format, which knew no coverage. */
export function makeFormat6(file: string): void {
  rebuild(file, 6);
}

/** Turns a database into the seventh format, which kept no covered files. */
export function makeFormat7(file: string): void {
  rebuild(file, 7);
}

/** Turns a database into the eighth format, which knew nothing of what V8 counted. */
export function makeFormat8(file: string): void {
  rebuild(file, 8);
}

/** Makes the very tables that the first steps make, and copies what both have. */
function rebuild(file: string, version: number): void {
  const newer = `${file}.newer`;
  fs.renameSync(file, newer);
  const db = new Database(file);
  try {
    for (const step of MIGRATIONS.slice(0, version)) step.up(db);
    db.prepare('ATTACH ? AS newer').run(newer);
    db.pragma('foreign_keys = OFF');
    const tables = namesOf(db, "SELECT name FROM sqlite_schema WHERE type = 'table'");
    for (const table of tables) {
      const newerColumns = new Set(
        namesOf(db, `SELECT name FROM pragma_table_info('${table}', 'newer')`),
      );
      const columns = namesOf(db, `SELECT name FROM pragma_table_info('${table}')`);
      const values = columns.map((column) =>
        newerColumns.has(column) ? column : `${column === 'unaffected' ? '0' : "x''"} AS ${column}`,
      );
      db.exec(`INSERT INTO ${table} SELECT ${values.join()} FROM newer.${table}`);
    }
    if (version < 3) packPlaces(db);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${version}`);
  } finally {
    db.close();
  }
  fs.rmSync(newer);
}

function namesOf(db: Database, query: string): string[] {
  return db.prepare<[], string>(query).pluck().all();
}

function packPlaces(db: Database): void {
  const pack = db.prepare('UPDATE file_version SET places = ? WHERE id = ?');
  const rows = db.prepare<[], [number, string]>('SELECT * FROM newer.places').raw();
  for (const [id, text] of rows.all()) pack.run(zlib.deflateRawSync(text), id);
}
