import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { writeAtomically } from './atomic-write';
import { openPrivate } from './ownership';
import { stateFolder } from './folders';

/** Captured at load, before tests can mock `fs` and before interception patches it. */
const { closeSync, fstatSync, readFileSync } = fs;

/** Values that only this user on this machine knows. */
export interface MachineSecret {
  /**
   * Prefix of cache folder names. A cache that was copied from another machine has another prefix, so it is not used.
   */
  cacheName: string;
  /** Key for hashes of values that others must not be able to guess. */
  key: string;
}

/** Two random numbers in hex. */
const CONTENT = /^([\da-f]{32})([\da-f]{32})\n$/;

/** The secret of this machine, which the process reads once. Undefined until then. */
let known: MachineSecret | null | undefined;

/**
 * Returns the secret of this machine, and creates it the first time.
 *
 * A copy of the file is a different secret: the secret includes the file's inode and its change time, which no
 * program can set. So a home folder that is restored from an archive does not carry the secret to another machine.
 * @returns Null if no folder can hold a secret.
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
    // The folder is not writable, so it cannot hold a secret.
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

/** If several processes create the secret at once, the last one wins. The others do not find their caches next time. */
function make(file: string): MachineSecret | null {
  // Loaded only here, so that other starts do not pay for it.
  const { randomBytes } = createRequire(__filename)('node:crypto') as typeof import('node:crypto');
  writeAtomically(file, `${randomBytes(32).toString('hex')}\n`);
  return read(file);
}
