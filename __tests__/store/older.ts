import * as zlib from 'node:zlib';
import { Database } from '../sqlite';

/** Turns a database into what the first released format was, with all that it could hold. */
export function makeFormat1(file: string): void {
  makeFormat2(file);
  change(file, 1, (db) => db.exec('DROP TABLE failure'));
}

/** Turns a database into the second format, which packed places and kept them beside fingerprints. */
export function makeFormat2(file: string): void {
  change(file, 2, (db) => {
    db.exec("ALTER TABLE file_version ADD COLUMN places BLOB NOT NULL DEFAULT x''");
    const pack = db.prepare('UPDATE file_version SET places = ? WHERE id = ?');
    const rows = db.prepare<[], [number, string]>('SELECT file_version_id, text FROM places').raw();
    for (const [id, text] of rows.all()) pack.run(zlib.deflateRawSync(text), id);
    db.exec('DROP TABLE places');
  });
}

function change(file: string, version: number, work: (db: Database) => void): void {
  const db = new Database(file);
  try {
    work(db);
    db.pragma(`user_version = ${version}`);
  } finally {
    db.close();
  }
}
