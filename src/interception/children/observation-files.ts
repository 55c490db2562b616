import path from 'node:path';
import { unwatched } from '../observer';
import { decodeObservations, OBSERVATIONS, type Observation } from './observation';

/**
 * The files in which children and threads write their observations. The file of a child that keeps running grows, so
 * the part that was already read is not read again.
 */
export class ObservationFiles {
  /** By name: how many bytes of the file were read. */
  readonly #readUpTo = new Map<string, number>();

  /**
   * Returns the observations written since the last call, in whole lines.
   * @param names The names of all files in the folder, including other files.
   */
  *added(
    folder: string,
    names: readonly string[],
  ): Generator<{ name: string; observations: Observation[] }> {
    for (const name of names) {
      if (!name.startsWith(OBSERVATIONS)) continue;
      const from = this.#readUpTo.get(name) ?? 0;
      const added = readFrom(path.join(folder, name), from);
      const end = added.lastIndexOf('\n') + 1;
      if (end === 0) continue;
      this.#readUpTo.set(name, from + end);
      yield { name, observations: decodeObservations(added.toString('utf8', 0, end)) };
    }
  }
}

/** The content of a file from a position on. */
function readFrom(file: string, start: number): Buffer {
  const missing = unwatched.statSync(file).size - start;
  if (missing <= 0) return NOTHING;
  const opened = unwatched.openSync(file, 'r');
  try {
    const content = Buffer.allocUnsafe(missing);
    let length = 0;
    while (length < missing) {
      const read = unwatched.readSync(opened, content, length, missing - length, start + length);
      if (read === 0) break;
      length += read;
    }
    return content.subarray(0, length);
  } finally {
    unwatched.closeSync(opened);
  }
}

const NOTHING = Buffer.alloc(0);
