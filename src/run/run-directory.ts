import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { randomBytes } from 'node:crypto';
import { isPrivateFolder, openPrivate, whyUnsafeParent } from '../machine/ownership';
import { decodeJournal } from './journal';
import type { FileLock } from '../store/connection/file-lock';
import { removeLeftovers } from './leftovers';
import { lockOfDead, makeLock } from './run-lock';
import { runPrefix } from './temporary-names';
import type { Journal } from './read-journals';
import { swallowed } from '../terminal/debug';

/** No file of somebody else's could be read in its place; the message is a sentence without its end. */
export class UnsafeFolderError extends Error {}

/** The folder of one run: run file, acknowledgements and journals. */
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
   * Makes the folder of a new run.
   * @throws {UnsafeFolderError} Where others could put theirs in its place.
   * @throws Where the temporary folder cannot be written.
   */
  static create(dataFile: string): RunDirectory {
    const parent = os.tmpdir();
    const unsafe = whyUnsafeParent(parent);
    if (unsafe !== null) throw new UnsafeFolderError(unsafe);
    const folder = path.join(parent, runPrefix(dataFile) + randomBytes(12).toString('hex'));
    // Not recursively: a folder that is there already is none of ours.
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
   * The runs on a database whose controller is gone: of several controllers that begin at once, one takes each.
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

  /** Where the controller keeps Jest's verdicts. */
  get verdictFile(): string {
    return path.join(this.path, 'verdicts.jsonl');
  }

  /**
   * Every complete journal line, journal by journal, read as they are asked for.
   * @param pid The controller's process.
   */
  *journals(pid: number): Generator<Journal> {
    for (const name of this.#names(/^journal-.*\.jsonl$/)) {
      const lines = decodeJournal(chunksOf(path.join(this.path, name)));
      yield Object.assign(lines, { inBand: name === `journal-${pid}-0.jsonl` });
    }
  }

  /** How many workers have read the run file. */
  acknowledged(): number {
    return this.#names(/^ack-/).length;
  }

  /** Removes the folder. What a worker that outlived its controller puts back is left to the next controller. */
  remove(): void {
    // Windows removes no file that is open.
    this.release();
    try {
      fs.rmSync(this.path, { recursive: true, force: true });
    } catch (error) {
      // A worker is still at work there.
      swallowed('run', error, `removing ${this.path}; the next controller does it`);
    }
  }

  /** Leaves the folder, as it is, to the next controller. */
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
 * The bytes of a regular file of ours, in order; none, or no more, where it cannot be read. Each chunk stands until the
 * next is asked for.
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

/** How much of a file is read at once, in bytes. */
const CHUNK_BYTES = 1 << 20;
