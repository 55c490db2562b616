import * as fs from 'node:fs';
import * as path from 'node:path';
import { age } from '../terminal/age';
import { count } from '../terminal/logger';
import { asStoreError, findMissingBuild, Store, type StoreError } from '../store';
import { reporter, type Finding, type Report } from './finding';

const MEBIBYTE = 1024 * 1024;
/** CI copies its cache in every run. A larger database noticeably slows that down. */
const MAX_USUAL_BYTES = 256 * MEBIBYTE;
/** Older records rarely match any more. */
const MAX_AGE_MS = 30 * 86_400_000;

/**
 * Checks whether the database can be used, and its size and age. It is only opened for reading.
 * @param dataFile Absolute path of the database.
 * @param now Milliseconds since the epoch.
 */
export function checkDatabase(dataFile: string, now: number): Finding[] {
  const found = reporter('database');
  return [...checkContent(dataFile, now, found), ...checkPlace(dataFile, found)];
}

function checkContent(dataFile: string, now: number, found: Report): Finding[] {
  const unbuilt = findMissingBuild();
  if (unbuilt !== null) return [broken(unbuilt, found)];
  const stats = fs.statSync(dataFile, { throwIfNoEntry: false });
  if (stats === undefined || (stats.isFile() && stats.size === 0))
    return [
      found.ok(`nothing is recorded yet in ${dataFile}; the first "npx jest-testmon" records`),
    ];
  try {
    const store = Store.open(dataFile, { readonly: true, older: 'copy' });
    try {
      return checkStore(store, stats.size, now, found);
    } finally {
      store.close();
    }
  } catch (error) {
    return [broken(asStoreError(error, dataFile), found)];
  }
}

/** Splits the error's message: it says what is wrong, and after a semicolon what to do. */
function broken({ message, file }: StoreError, found: Report): Finding {
  const [what = message, ...fix] = message.split('; ');
  return found.error(what, fix.join('; ').replace(/\.$/, '') || `delete ${file}`);
}

function checkStore(store: Store, size: number, now: number, found: Report): Finding[] {
  const [damage] = store.findDamage();
  if (damage !== undefined) {
    return [
      found.error(
        `the database ${store.file} is damaged (${damage})`,
        'move or delete it, and the next run records anew',
      ),
    ];
  }
  const { records, testFiles } = store.totals();
  const [last] = store.runs(1);
  const since = last === undefined ? null : now - last.startedAt;
  const held = `${count(records, 'record')} of ${count(testFiles, 'test file')}, ${(size / MEBIBYTE).toFixed(1)} MiB`;
  const findings: Finding[] = [];
  if (since !== null && since > MAX_AGE_MS) {
    findings.push(
      found.warning(
        `the last run that ${store.file} knows of is ${age(since)} ago (${held})`,
        'run "npx jest-testmon", or restore a newer database; records of code that is gone match nothing',
      ),
    );
  } else {
    const when = since === null ? 'no run yet' : `last run ${age(since)} ago`;
    findings.push(found.ok(`sound: ${held}, ${when}`));
  }
  if (size > MAX_USUAL_BYTES) {
    findings.push(
      found.warning(
        `the database is ${Math.round(size / MEBIBYTE)} MiB large`,
        'lower the option keepRecords, or delete it and record anew',
      ),
    );
  }
  return findings;
}

/**
 * Checks that the file and its folder are writable. Also reports damaged databases that were moved aside, which are
 * no longer needed.
 */
function checkPlace(dataFile: string, found: Report): Finding[] {
  const findings: Finding[] = [];
  const folder = path.dirname(dataFile);
  const places = [folder, dataFile].filter((place) => fs.existsSync(place));
  const closed = places.find((place) => !isWritable(place));
  if (closed !== undefined)
    findings.push(
      found.warning(
        `${closed} cannot be written, so runs select but record nothing`,
        'change its permissions, or name another file with TESTMON_DATAFILE',
      ),
    );
  const aside = ['damaged', 'altered'].map((reason) => `${path.basename(dataFile)}.${reason}-`);
  const left = fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((name) => aside.some((start) => name.startsWith(start)))
    : [];
  if (left.length > 0)
    findings.push(
      found.warning(
        `${count(left.length, 'unusable database')} moved aside ${left.length === 1 ? 'lies' : 'lie'} in ${folder}`,
        `delete ${left.join(', ')}`,
      ),
    );
  return findings;
}

function isWritable(place: string): boolean {
  try {
    fs.accessSync(place, fs.constants.W_OK);
    return true;
  } catch {
    // Not writable.
    return false;
  }
}
