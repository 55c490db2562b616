import fs from 'node:fs';
import { now } from '../files/self-writes';
import { encodeObservation, type Observation } from '../children/observation';

const { fstatSync, openSync, writeSync } = fs;

/**
 * Appends observations to a file of their own, each at once: a test may be over as soon as it has a child's answer, and
 * kill it then.
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
      // The run is over, or the folder is out of reach.
    }
  }

  /** Code may close all descriptors that there are, and ours may then be another file's. */
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
