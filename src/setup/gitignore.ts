import * as path from 'node:path';
import { readText, type Change } from './change';
import { isGitIgnored } from './git';

/**
 * Returns the change that adds the database to `.gitignore`. Null if git ignores it already.
 * @param dataFile Absolute path of the database.
 */
export function gitignoreChange(dataFile: string): Change | null {
  const folder = path.dirname(dataFile);
  const pattern = `${path.basename(dataFile)}*`;
  const file = path.join(folder, '.gitignore');
  const before = readText(file);
  const lines = (before ?? '').split(/\r?\n/).map((line) => line.trim().replace(/^(\*\*)?\//, ''));
  // The pattern must also cover the files that SQLite and jest-testmon create beside the database.
  if (lines.includes(pattern) || isGitIgnored(`${dataFile}.damaged-`) === true) return null;
  const start =
    before === null || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`;
  return { file, before, after: `${start}${pattern}\n` };
}
