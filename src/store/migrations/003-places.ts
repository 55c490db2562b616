import * as zlib from 'node:zlib';
import { UnsoundError } from '../connection/errors';
import type { Migration } from '.';

/** Characters of all places together: a hundred times what ten thousand test files make. */
const MOST = 1 << 28;

/**
 * Where blocks stand, apart from their fingerprints: selection reads all file versions, and never their places. As plain
 * text, for to pack each took a fifth of a commit.
 */
export const places: Migration = {
  version: 3,
  up: (db) => {
    db.exec(`
      CREATE TABLE places (
        file_version_id INTEGER PRIMARY KEY REFERENCES file_version ON DELETE CASCADE,
        text TEXT NOT NULL
      ) STRICT;
    `);
    const insert = db.prepare<[number, string]>('INSERT INTO places VALUES (?, ?)');
    const rows = db.prepare<[], [number, unknown]>('SELECT id, places FROM file_version').raw();
    let total = 0;
    for (const [id, packed] of rows.all()) {
      const text = unpack(packed);
      total += text.length;
      if (total > MOST)
        throw new UnsoundError('what is compressed in it comes to more than 256 MB');
      if (text !== '') insert.run(id, text);
    }
    db.exec('ALTER TABLE file_version DROP COLUMN places');
  },
};

/** Empty for what cannot be read. The limit is for data made to burst. */
function unpack(packed: unknown): string {
  if (!Buffer.isBuffer(packed)) return '';
  try {
    return zlib.inflateRawSync(packed, { maxOutputLength: 1 << 24 }).toString();
  } catch {
    return '';
  }
}
