import * as zlib from 'node:zlib';
import { UnsoundError } from '../connection/errors';
import type { Migration } from './migration';

/** A limit for all locations together, in characters: a hundred times as much as ten thousand test files produce. */
const MAX_CHARACTERS = 1 << 28;

/**
 * A limit for the locations of one file version, in bytes. It protects against compressed data that would fill the
 * memory.
 */
const MAX_UNPACKED_BYTES = 1 << 24;

/**
 * Moves the locations of blocks into their own table. Selection reads all file versions and never needs locations.
 * They are plain text now, because compressing them took a fifth of the time of a commit.
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

/**
 * Decompresses locations. Returns an empty text for invalid data: locations are only displayed, so nothing depends on
 * them.
 */
function unpack(packed: unknown): string {
  if (!Buffer.isBuffer(packed)) return '';
  try {
    return zlib.inflateRawSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).toString();
  } catch {
    // The data is damaged. No locations are stored then.
    return '';
  }
}
