import Database from 'better-sqlite3';

/** Turns a database into what the first released format was, with all that it could hold. */
export function makeFormat1(file: string): void {
  const db = new Database(file);
  try {
    db.exec('DROP TABLE failure');
    db.pragma('user_version = 1');
  } finally {
    db.close();
  }
}
