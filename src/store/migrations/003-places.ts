import * as zlib from 'node:zlib';
import { UnsoundError } from '../connection/errors';
import type { Migration } from './migration';

/** In all places together: a hundred times what ten thousand test files make. */
const MAX_CHARACTERS = 1 << 28;

/** Of one file version, to stop compressed data that is made to fill the memory. */
const MAX_UNPACKED_BYTES = 1 << 24;

/**
 * Moves the places of blocks into a table of their own. Selection reads all file versions, and never needs places. They
 * are plain text now: compressing each took a fifth of a commit.
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
      if (total > MAX_CHARACTERS)
        throw new UnsoundError('what is compressed in it comes to more than 256 MB');
      if (text !== '') insert.run(id, text);
    }
    db.exec('ALTER TABLE file_version DROP COLUMN places');
  },
};

/** Empty for what cannot be read: places are only shown to people, so nothing depends on them. */
function unpack(packed: unknown): string {
  if (!Buffer.isBuffer(packed)) return '';
  try {
    return zlib.inflateRawSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).toString();
  } catch {
    // It was damaged: places are for display alone, so none are kept.
    return '';
  }
}
