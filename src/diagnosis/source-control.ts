import * as path from 'node:path';
import { isGitIgnored, isGitTracked } from '../setup/git';
import { reporter, type Finding } from './finding';

/**
 * Checks that git does not track the database. It belongs to one working copy and changes with each run.
 * @param dataFile Absolute path of the database.
 */
export function checkSourceControl(dataFile: string): Finding {
  const found = reporter('.gitignore');
  const name = path.basename(dataFile);
  if (isGitTracked(dataFile)) {
    return found.warning(
      `${name} is under git's control, so each run changes the working tree and branches conflict`,
      `run "git rm --cached ${name}" and add ${name}* to .gitignore`,
    );
  }
  switch (isGitIgnored(dataFile)) {
    case null:
      return found.ok(`${name} stands in no git repository`);
    case true:
      return found.ok(`${name} is ignored`);
    case false:
      return found.warning(
        `${name} is not in .gitignore`,
        `add the line ${name}* to .gitignore ("npx jest-testmon init" does)`,
      );
  }
}
