import * as path from 'node:path';
import { readText, type Change } from './change';
import { isGitIgnored } from './git';

/** What keeps the database out of git; null where it is kept out already. */
export function gitignoreChange(dataFile: string): Change | null {
  const folder = path.dirname(dataFile);
  const pattern = `${path.basename(dataFile)}*`;
  const file = path.join(folder, '.gitignore');
  const before = readText(file);
  const lines = (before ?? '').split(/\r?\n/).map((line) => line.trim().replace(/^(\*\*)?\//, ''));
  // Also what SQLite and we leave beside it must be ignored.
  if (lines.includes(pattern) || isGitIgnored(`${dataFile}.damaged-`) === true) return null;
  const start =
    before === null || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`;
  return { file, before, after: `${start}${pattern}\n` };
}
