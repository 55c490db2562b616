import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { writeAtomically } from './atomic-write';
import { openPrivate } from './ownership';
import { stateFolder } from './folders';

/** As they are before anyone watches or replaces them. */
const { closeSync, fstatSync, readFileSync } = fs;

/** What only this user on this machine knows. */
export interface MachineSecret {
  /** What folders of caches begin with, so that those of another machine are not believed. */
  cacheName: string;
  /** What keys hashes that are no business of anyone else. */
  key: string;
}

/** Two numbers that nobody can foresee, in hex. */
const CONTENT = /^([\da-f]{32})([\da-f]{32})\n$/;

/** Of the process: a machine has one secret, and it is read once. Undefined until then. */
let known: MachineSecret | null | undefined;

/**
 * The secret of this machine, made where there is none yet. A copy of its file is another secret: the file's inode and
 * its change time, which nobody can set, belong to it. So a home that was restored from an archive brings nothing.
 * @returns Null where there is no place to keep one.
 */
export function machineSecret(): MachineSecret | null {
  if (known === undefined) known = readOrMake();
  return known;
}

function readOrMake(): MachineSecret | null {
  const folder = stateFolder();
  if (folder === null) return null;
  const file = path.join(folder, 'secret');
  try {
    return read(file) ?? make(file);
  } catch {
    // The folder cannot be written: there is no place to keep a secret.
    return null;
  }
}

function read(file: string): MachineSecret | null {
  const opened = openPrivate(file);
  if (opened === null) return null;
  try {
    const [, name, key] = CONTENT.exec(readFileSync(opened, 'utf8')) ?? [];
    if (name === undefined || key === undefined) return null;
    const { ino, ctimeMs } = fstatSync(opened);
    const place = `${ino.toString(36)}-${ctimeMs.toString(36)}`;
    return { cacheName: `${name}-${place}`, key: `${key}-${place}` };
  } finally {
    closeSync(opened);
  }
}

/** Of several processes that make one at once, the last one's stays; the others find nothing of theirs next time. */
function make(file: string): MachineSecret | null {
  // Loaded here, as every other start does without.
  const { randomBytes } = createRequire(__filename)('node:crypto') as typeof import('node:crypto');
  writeAtomically(file, `${randomBytes(32).toString('hex')}\n`);
  return read(file);
}
