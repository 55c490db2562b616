import { AsyncScope } from '../async-scope';
import type { UserOptions } from '../options';

/** The options that `withTestmon` got while a config was read. */
interface Reading {
  options?: UserOptions;
}

const KEY = Symbol.for('jest-testmon.readings');
const holder = globalThis as { [KEY]?: AsyncScope<Reading> };

/**
 * Shared with other copies of this module. The copies of the command and of the project may differ, and only one of
 * them must compose.
 */
const readings = (holder[KEY] ??= new AsyncScope<Reading>());

/**
 * Reads a user's config so that `withTestmon` returns the plain config. The caller composes it, and nothing is
 * composed twice.
 */
export function readUncomposed<Result>(read: () => Promise<Result>): Promise<Result> {
  // A nested reading belongs to the outer one.
  return readings.value === undefined ? readings.run({}, read) : read();
}

/** Runs several readings as one. Also returns the options of the first `withTestmon` in them. */
export async function collectOptions<Result>(
  read: () => Promise<Result>,
): Promise<{ result: Result; options: UserOptions | undefined }> {
  const reading: Reading = {};
  const result = await readings.run(reading, read);
  return { result, options: reading.options };
}

/** Called by `withTestmon`. Returns true if the config is being read by `readUncomposed`. */
export function isRead(options: UserOptions | undefined): boolean {
  const reading = readings.value;
  if (reading === undefined) return false;
  reading.options ??= options;
  return true;
}
