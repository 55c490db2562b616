import * as fs from 'node:fs';

/** As it is before anyone watches `fs`: what we ask ourselves is no input. */
const { statSync } = fs;

/**
 * What stands at a path; undefined where nothing does, for whatever reason. That nothing is there Node tells by a value,
 * but it throws where a file stands in the place of a folder, a link leads to itself, or the path can be none.
 */
export function statsOf(file: string): fs.Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    // See above.
    return undefined;
  }
}

/** What kind of thing stands at a path; null where nothing does. */
export function kindAt(file: string): Kind | null {
  const stats = statsOf(file);
  return stats === undefined ? null : kindOf(stats);
}

/** Neither a file nor a folder is a pipe, a socket or a device: it has no content to ask for. */
export type Kind = 'file' | 'directory' | 'other';

export function kindOf(stats: fs.Stats): Kind {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'directory' : 'other';
}

/** By whatever name, a descriptor of this process. */
const DESCRIPTOR = /^\/(?:dev\/(?:stdin$|fd\/)|proc\/self\/fd\/)/;

/** Devices that always give the same. */
const CONSTANT_DEVICES = ['/dev/null', '/dev/zero', '/dev/full'];

/** Whether what is read at a path comes from somewhere else each time: a pipe, a socket, a device, standard input. */
export function isStream(file: string): boolean {
  if (DESCRIPTOR.test(file)) return true;
  const stats = statsOf(file);
  if (stats === undefined || kindOf(stats) !== 'other') return false;
  return !CONSTANT_DEVICES.some((device) => {
    const constant = statsOf(device);
    return constant?.isCharacterDevice() === true && constant.rdev === stats.rdev;
  });
}

/** Whether there is a file at a path. */
export function isFile(file: string): boolean {
  return statsOf(file)?.isFile() === true;
}
