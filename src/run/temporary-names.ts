import { shortHash } from '../dependencies/files/content';

/** What the folders of all runs of this user on a database begin with; what follows nobody can foresee. */
export function runPrefix(dataFile: string): string {
  const user = typeof process.getuid === 'function' ? `-${process.getuid()}` : '';
  return `jest-testmon${user}-${shortHash(dataFile)}-`;
}

/** The name of the folder of a run on any database. */
export const RUN_FOLDER = /^jest-testmon(?:-\d+)?-[\da-f]{16}-[\da-f]{24}$/;

/** What the folders begin with that children report into where their worker takes part in no run. */
export const CHILDREN_PREFIX = 'jest-testmon-children-';
