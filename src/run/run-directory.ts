import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { randomBytes } from 'node:crypto';
import { isPrivateFolder, openPrivate, whyUnsafeParent } from '../machine/ownership';
import { decodeJournal } from './journals/journal';
import type { FileLock } from '../store/connection/file-lock';
import { removeLeftovers } from './leftovers';
import { lockOfDead, makeLock } from './run-lock';
import { runPrefix } from './temporary-names';
import type { Journal } from './journals/read-journals';
import { swallowed } from '../terminal/debug';

/** Thrown if another user could replace the files of a run. The message is a clause that fits into a sentence. */
export class UnsafeFolderError extends Error {}

/** The folder of one run. It holds the run file, the acknowledgements of workers, and the journals. */
export class RunDirectory {
  readonly path: string;
  readonly runId: string;
  readonly #lock: FileLock | null;

  private constructor(folder: string, lock: FileLock | null) {
    this.path = folder;
    this.runId = path.basename(folder);
    this.#lock = lock;
  }

  /**
   * Creates the folder of a new run in the temporary folder.
   * @param dataFile Absolute path of the database.
   * @throws {UnsafeFolderError} If another user could replace the folder's files.
   * @throws {Error} If the temporary folder cannot be written.
   */
  static create(dataFile: string): RunDirectory {
    const parent = os.tmpdir();
    const unsafe = whyUnsafeParent(parent);
    if (unsafe !== null) throw new UnsafeFolderError(unsafe);
    const folder = path.join(parent, runPrefix(dataFile) + randomBytes(12).toString('hex'));
    // Not recursive, so that an existing folder is an error: somebody else may have created it.
    fs.mkdirSync(folder, { mode: 0o700 });
    if (!isPrivateFolder(folder)) {
      fs.rmdirSync(folder);
      throw new UnsafeFolderError(`folders made in ${parent} are not private to their owner`);
    }
    try {
      const lock = makeLock(folder);
      removeLeftovers(parent, folder);
      return new RunDirectory(folder, lock);
    } catch (error) {
      fs.rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Takes over the runs on a database whose controller has died. If several controllers do this at once, each run
   * goes to one of them.
   * @param dataFile Absolute path of the database.
   */
  static takeOver(dataFile: string): RunDirectory[] {
    const parent = os.tmpdir();
    const prefix = runPrefix(dataFile);
    let names: string[];
    try {
      names = fs.readdirSync(parent);
    } catch (error) {
      swallowed('run', error, `listing ${parent}; no abandoned run is looked for`);
      return [];
    }
    return names
      .filter((name) => name.startsWith(prefix))
      .map((name) => path.join(parent, name))
      .filter(isPrivateFolder)
      .flatMap((folder) => {
        const lock = lockOfDead(folder);
        return lock === 'alive' ? [] : [new RunDirectory(folder, lock)];
      });
  }

  get runFile(): string {
    return path.join(this.path, 'run.json');
  }

  /** The file in which the controller stores the outcomes that Jest reports. */
  get verdictFile(): string {
    return path.join(this.path, 'verdicts.jsonl');
  }

  /** The file in which the controller stores what is read in the background. */
  get backgroundFile(): string {
    return path.join(this.path, 'background.jsonl');
  }

  /**
   * Reads the journals of the run, one line at a time.
   * @param pid The id of the controller's process.
   */
  *journals(pid: number): Generator<Journal> {
    for (const name of this.#names(/^journal-.*\.jsonl$/)) {
      const lines = decodeJournal(chunksOf(path.join(this.path, name)));
      yield Object.assign(lines, { inBand: name === `journal-${pid}-0.jsonl` });
    }
  }

  /** The number of workers that have read the run file. */
  acknowledged(): number {
    return this.#names(/^ack-/).length;
  }

  /**
   * Removes the folder. If a worker outlives its controller and writes into it again, the next controller removes it.
   */
  remove(): void {
    // Windows cannot remove an open file.
    this.release();
    try {
      fs.rmSync(this.path, { recursive: true, force: true });
    } catch (error) {
      // A worker is still writing there.
      swallowed('run', error, `removing ${this.path}; the next controller does it`);
    }
  }

  /** Gives up the lock and leaves the folder to the next controller. */
  release(): void {
    this.#lock?.release();
  }

  #names(pattern: RegExp): string[] {
    try {
      return fs
        .readdirSync(this.path)
        .filter((name) => pattern.test(name))
        .sort();
    } catch (error) {
      swallowed('run', error, `listing ${this.path}`);
      return [];
    }
  }
}

/**
 * Reads a regular file that only this user can have written. Ends early, or at once, if the file cannot be read. Each
 * chunk keeps its content until the next one is requested.
 * @param file Absolute path.
 */
export function* chunksOf(file: string): Generator<Buffer> {
  const opened = openPrivate(file);
  if (opened === null) return;
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const length = fs.readSync(opened, chunk, 0, CHUNK_BYTES, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } catch (error) {
    swallowed('run', error, `reading ${file}; what was read so far stands`);
  } finally {
    fs.closeSync(opened);
  }
}

/** The number of bytes that are read at once. */
const CHUNK_BYTES = 1 << 20;
