import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { randomBytes } from 'node:crypto';
import { shortHash } from '../dependencies/content';
import { decodeJournal } from '../run/journal';
import type { Journal } from './read-journals';

/** The folder in the temporary folder that holds the runs on one database. */
function parentFolder(dataFile: string): string {
  const user = typeof process.getuid === 'function' ? `-${process.getuid()}` : '';
  return path.join(os.tmpdir(), `jest-testmon${user}-${shortHash(dataFile)}`);
}

/** Names that this process gave: another run of the same process id is long over. */
const given = new Set<string>();

function newName(): string {
  const name = `run-${process.pid}-${randomBytes(6).toString('hex')}`;
  given.add(name);
  return name;
}

/** The folder of one run: run file, acknowledgements and journals. */
export class RunDirectory {
  readonly path: string;
  readonly runId: string;

  private constructor(folder: string) {
    this.path = folder;
    this.runId = path.basename(folder);
  }

  /**
   * Makes the folder of a new run.
   * @throws Where the temporary folder cannot be written.
   */
  static create(dataFile: string): RunDirectory {
    const folder = path.join(parentFolder(dataFile), newName());
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new RunDirectory(folder);
  }

  /**
   * The runs on a database whose controller is gone, now under a name of this process: of several controllers that
   * begin at once, one takes each.
   */
  static takeOver(dataFile: string): RunDirectory[] {
    const parent = parentFolder(dataFile);
    let names: string[];
    try {
      names = fs.readdirSync(parent);
    } catch {
      return [];
    }
    return names
      .filter((name) => isOwn(path.join(parent, name)) && !isAlive(name))
      .flatMap((name) => {
        const taken = path.join(parent, newName());
        try {
          fs.renameSync(path.join(parent, name), taken);
          return [new RunDirectory(taken)];
        } catch {
          // Another controller was faster, or a worker still holds a file in it (Windows).
          return [];
        }
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

  /**
   * Removes the folder, and the parent when no other run uses it. What a worker that outlived its controller puts back
   * is left to the next controller.
   */
  remove(): void {
    try {
      fs.rmSync(this.path, { recursive: true, force: true });
      fs.rmdirSync(path.dirname(this.path));
    } catch {
      // Another run is at work there.
    }
  }

  #names(pattern: RegExp): string[] {
    try {
      return fs
        .readdirSync(this.path)
        .filter((name) => pattern.test(name))
        .sort();
    } catch {
      return [];
    }
  }
}

/**
 * The bytes of a regular file, in order; none, or no more, where it cannot be read. Each chunk stands until the next is
 * asked for.
 */
export function* chunksOf(file: string): Generator<Buffer> {
  let opened: number | null = null;
  try {
    if (!fs.lstatSync(file).isFile()) return;
    opened = fs.openSync(file, 'r');
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const length = fs.readSync(opened, chunk, 0, CHUNK, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } catch {
    // What was read so far stands.
  } finally {
    if (opened !== null) fs.closeSync(opened);
  }
}

/** How much of a file is read at once, in bytes. */
const CHUNK = 1 << 20;

/** A folder that this user made: what others may have put into a shared temporary folder is not read. */
function isOwn(folder: string): boolean {
  try {
    const stats = fs.lstatSync(folder);
    return (
      stats.isDirectory() &&
      (typeof process.getuid !== 'function' || stats.uid === process.getuid())
    );
  } catch {
    return false;
  }
}

function isAlive(name: string): boolean {
  const pid = Number(/^run-(\d+)-/.exec(name)?.[1]);
  if (!Number.isInteger(pid) || pid <= 0) return true;
  if (pid === process.pid) return given.has(name);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
