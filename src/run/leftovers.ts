import * as fs from 'node:fs';
import * as path from 'node:path';
import { isOwnFolder } from '../machine/ownership';
import { swallowed } from '../terminal/debug';
import { lockOfDead } from './run-lock';
import { CHILDREN_PREFIX, RUN_FOLDER } from './temporary-names';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A younger folder may belong to a run that is just starting. */
const MIN_AGE_MS = MINUTE_MS;

/** The records of a killed run are kept this long for the next run on the same database. */
const MAX_WAIT_MS = 30 * DAY_MS;

/** Nothing shows whether a worker still reads a folder of child processes. No test file runs this long. */
const MAX_CHILDREN_MS = 7 * DAY_MS;

/** The number of folders that one run examines. The rest is left to later runs. */
const MAX_FOLDERS = 50;

/**
 * Removes folders that killed processes of this user left in the temporary folder, if no later run will use them. The
 * records of a killed run are normally committed by the next run on the same database, so its folder stays until
 * then.
 * @param temporary Absolute path of the temporary folder.
 * @param own Absolute path of this run's folder.
 */
export function removeLeftovers(temporary: string, own: string): void {
  try {
    fs.readdirSync(temporary)
      .filter((name) => RUN_FOLDER.test(name) || name.startsWith(CHILDREN_PREFIX))
      .map((name) => path.join(temporary, name))
      .filter((folder) => folder !== own && isOwnFolder(folder))
      .slice(0, MAX_FOLDERS)
      .forEach(removeIfAbandoned);
  } catch (error) {
    swallowed('run', error, `looking for what killed runs left in ${temporary}; it stays there`);
  }
}

function removeIfAbandoned(folder: string): void {
  try {
    const age = Date.now() - lastWritten(folder);
    if (age < MIN_AGE_MS) return;
    if (path.basename(folder).startsWith(CHILDREN_PREFIX)) {
      if (age > MAX_CHILDREN_MS) fs.rmSync(folder, { recursive: true, force: true });
      return;
    }
    if (age <= MAX_WAIT_MS && isStillNeeded(folder)) return;
    const lock = lockOfDead(folder);
    if (lock === 'alive') return;
    // Windows cannot remove an open file.
    lock?.release();
    fs.rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    swallowed('run', error, `removing ${folder}; the next run does it`);
  }
}

/** When a folder or a file in it was last written, in milliseconds since the epoch. */
function lastWritten(folder: string): number {
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  return Math.max(...[folder, ...files].map((file) => fs.lstatSync(file).mtimeMs));
}

/**
 * Whether a later run on the same database may commit the records in a folder. A folder without a run file holds no
 * records.
 */
function isStillNeeded(folder: string): boolean {
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
