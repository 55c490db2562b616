import { shortHash } from '../dependencies/files/content';

/**
 * Returns the beginning of the folder names of all runs of this user on a database. The rest of a name is random.
 * @param dataFile Absolute path of the database.
 */
export function runPrefix(dataFile: string): string {
  const user = typeof process.getuid === 'function' ? `-${process.getuid()}` : '';
  return `jest-testmon${user}-${shortHash(dataFile)}-`;
}

/** Matches the folder name of a run on any database. */
export const RUN_FOLDER = /^jest-testmon(?:-\d+)?-[\da-f]{16}-[\da-f]{24}$/;

/** The beginning of the folder names for the reports of child processes whose worker takes part in no run. */
export const CHILDREN_PREFIX = 'jest-testmon-children-';
