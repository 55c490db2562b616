import { AsyncScope } from '../async-scope';
import type { UserOptions } from '../options';

/** What a `withTestmon` met while a config was read for composing. */
interface Reading {
  options?: UserOptions;
}

const KEY = Symbol.for('jest-testmon.readings');
const holder = globalThis as { [KEY]?: AsyncScope<Reading> };

/** Shared with other copies of this module: the command's and the project's may be two, and only one must compose. */
const readings = (holder[KEY] ??= new AsyncScope<Reading>());

/**
 * Runs what reads a user's config so that a `withTestmon` in it hands over the plain config: whoever reads composes,
 * and nothing is composed twice.
 */
export function readUncomposed<Result>(read: () => Promise<Result>): Promise<Result> {
  // A reading inside a reading belongs to the outer one.
  return readings.value === undefined ? readings.run({}, read) : read();
}

/** Runs several readings as one and returns the options of the first `withTestmon` that was met in them. */
export async function collectOptions<Result>(
  read: () => Promise<Result>,
): Promise<{ result: Result; options: UserOptions | undefined }> {
  const reading: Reading = {};
  const result = await readings.run(reading, read);
  return { result, options: reading.options };
}

/** Called by `withTestmon`: true where its config is being read for composing. */
export function isRead(options: UserOptions | undefined): boolean {
  const reading = readings.value;
  if (reading === undefined) return false;
  reading.options ??= options;
  return true;
}
