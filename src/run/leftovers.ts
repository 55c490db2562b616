import * as fs from 'node:fs';
import * as path from 'node:path';
import { isOwnFolder } from '../machine/ownership';
import { swallowed } from '../terminal/debug';
import { lockOfDead } from './run-lock';
import { CHILDREN_PREFIX, RUN_FOLDER } from './temporary-names';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A folder that was made or written since may be one that is just being made. */
const MIN_AGE_MS = MINUTE_MS;

/** What a dead run recorded waits this long for the next run on its database. */
const MAX_WAIT_MS = 30 * DAY_MS;

/** Nothing tells whether a worker still reads such a folder; no test file runs this long. */
const MAX_CHILDREN_MS = 7 * DAY_MS;

/** How many folders one run looks at: those that remain are left to the next. */
const MAX_FOLDERS = 50;

/**
 * Removes folders that killed processes of this user left in the temporary folder and that nobody will come back to. A
 * dead run is otherwise finished by the next run on its database: its folder stays here until then.
 * @param temporary The temporary folder.
 * @param own The folder of this run.
 */
export function removeLeftovers(temporary: string, own: string): void {
  try {
    fs.readdirSync(temporary)
      .filter((name) => RUN_FOLDER.test(name) || name.startsWith(CHILDREN_PREFIX))
      .map((name) => path.join(temporary, name))
      .filter((folder) => folder !== own && isOwnFolder(folder))
      .slice(0, MAX_FOLDERS)
      .forEach(removeIfLeft);
  } catch (error) {
    swallowed('run', error, `looking for what killed runs left in ${temporary}; it stays there`);
  }
}

function removeIfLeft(folder: string): void {
  try {
    const age = Date.now() - lastWritten(folder);
    if (age < MIN_AGE_MS) return;
    if (path.basename(folder).startsWith(CHILDREN_PREFIX)) {
      if (age > MAX_CHILDREN_MS) fs.rmSync(folder, { recursive: true, force: true });
      return;
    }
    if (age <= MAX_WAIT_MS && isAwaited(folder)) return;
    const lock = lockOfDead(folder);
    if (lock === 'alive') return;
    // Windows removes no file that is open.
    lock?.release();
    fs.rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    swallowed('run', error, `removing ${folder}; the next run does it`);
  }
}

/** When a folder, or a file in it, was last written, in milliseconds since the epoch. */
function lastWritten(folder: string): number {
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  return Math.max(...[folder, ...files].map((file) => fs.lstatSync(file).mtimeMs));
}

/** Whether a run on the same database may come and take what the run recorded. Without a run file nothing was recorded. */
function isAwaited(folder: string): boolean {
  const file = path.join(folder, 'run.json');
  if (!fs.existsSync(file)) return false;
  try {
    const { dataFile } = JSON.parse(fs.readFileSync(file, 'utf8')) as { dataFile?: unknown };
    return typeof dataFile !== 'string' || fs.existsSync(path.dirname(dataFile));
  } catch (error) {
    swallowed('run', error, `reading ${file}; its folder stays until it is old`);
    return true;
  }
}
