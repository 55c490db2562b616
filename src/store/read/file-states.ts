import type { Database, Statement } from 'better-sqlite3';
import { isCount, isStoredPath, isText } from '../../records/checks';
import { unpackHash } from '../../records/encoding';
import type { FileState } from '../../records/types';

const COLUMNS = 'path, size, mtime, ctime, inode, content_hash';

/** Reads the states of files on this machine. */
export class FileStates {
  readonly #all: Statement<[], unknown[]>;
  readonly #one: Statement<[string], unknown[]>;

  constructor(db: Database) {
    this.#all = db.prepare<[], unknown[]>(`SELECT ${COLUMNS} FROM file_state`).raw();
    this.#one = db
      .prepare<[string], unknown[]>(`SELECT ${COLUMNS} FROM file_state WHERE path = ?`)
      .raw();
  }

  /** Returns all states by stored path. */
  all(): Map<string, FileState> {
    const states = new Map<string, FileState>();
    for (const row of this.#all.iterate()) {
      const state = readState(row);
      if (state !== null) states.set(state.path, state);
    }
    return states;
  }

  /** @param path Stored path. */
  get(path: string): FileState | undefined {
    const row = this.#one.get(path);
    return (row && readState(row)) ?? undefined;
  }
}

/** @returns Null for an invalid row. */
function readState([path, size, mtime, ctime, inode, packed]: unknown[]): FileState | null {
  const contentHash = unpackHash(packed);
  if (!isStoredPath(path) || !isCount(size) || contentHash === null) return null;
  if (!isText(mtime) || !isText(ctime) || !isText(inode)) return null;
  return { path, size, mtime, ctime, inode, contentHash };
}
