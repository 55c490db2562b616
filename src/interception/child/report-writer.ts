import fs from 'node:fs';
import { now } from '../files/self-writes';
import { encodeObservation, type Observation } from '../children/observation';

const { fstatSync, openSync, writeSync } = fs;

/**
 * Appends observations to a file of its own. Each is written at once, because a test may kill the child as soon as it
 * has its answer.
 */
export class ReportWriter {
  readonly #file: string;
  #opened: { descriptor: number; inode: number } | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  write(what: Observation['what'], name: string, value = ''): void {
    try {
      writeSync(this.#descriptor(), encodeObservation({ at: now(), what, name, value }));
    } catch {
      // The run is over, or the folder cannot be reached.
    }
  }

  /** Code may close all open descriptors. The number of ours may then belong to another file. */
  #descriptor(): number {
    if (this.#opened !== null) {
      const { descriptor, inode } = this.#opened;
      if (inodeOf(descriptor) === inode) return descriptor;
    }
    const descriptor = openSync(this.#file, 'a', 0o600);
    this.#opened = { descriptor, inode: fstatSync(descriptor).ino };
    return descriptor;
  }
}

function inodeOf(descriptor: number): number | null {
  try {
    return fstatSync(descriptor).ino;
  } catch {
    // The descriptor was closed.
    return null;
  }
}
