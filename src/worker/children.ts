import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { importClosure } from '../dependencies/imports';
import { listingValue } from '../dependencies/listing';
import type { Surroundings } from '../dependencies/surroundings';
import { SCRIPT } from './commands';
import { watchLaunches } from './launches';
import { decodeObservations, OBSERVATIONS, type Observation } from './observation';
import { unobserved, unwatched } from './observer';
import { now } from './own-paths';

/**
 * Watches what tests run outside their own process. A hook that Node children and threads load reports what they do to
 * the file system and which variables they ask for; Node itself reports the files that a child loaded through
 * `NODE_V8_COVERAGE`, at the child's exit. What its script imports counts for a child that is killed before.
 */

/** Who is told what children and threads did. */
export interface ChildWatcher extends Surroundings {
  /** Whether Node is to report the scripts that a child loaded. */
  reportsScripts: boolean;
  /** A file was loaded, or named to a program. */
  loaded(file: string): void;
  /** A path was named to a program, and nothing was there. */
  missed(file: string): void;
  observed(observation: Observation): void;
}

/** Where children report; made when the first one starts. */
let reports: string | null = null;
/** By file of observations: how many bytes of it were read. */
let readUpTo = new Map<string, number>();
let watcher: ChildWatcher | null = null;
let installed = false;

/** Starts watching for one test file. */
export function watchChildren(next: ChildWatcher): void {
  watcher = next;
  install();
}

/**
 * Runs something whose children are another's: nothing that they do is the test file's. Of those that go on
 * afterwards, it counts what they did until then.
 */
export function childrenDuring<T>(next: ChildWatcher, work: () => T): T {
  const outer = { watcher, reports, readUpTo };
  install();
  watcher = next;
  reports = null;
  readUpTo = new Map();
  try {
    return work();
  } finally {
    unobserved(collectChildren);
    ({ watcher, reports, readUpTo } = outer);
  }
}

/** Watches the ways to start a child; to be called before code takes hold of them. Nobody is told yet. */
export function install(): void {
  if (installed) return;
  installed = true;
  watchLaunches({
    variables: () => process.env,
    handover: () => {
      if (watcher === null) return null;
      const { workspace, temporary, reportsScripts } = watcher;
      return { folder: reportFolder(), workspace, temporary, reportsScripts };
    },
    named: (file) => {
      watcher?.loaded(file);
      if (SCRIPT.test(file)) for (const other of importClosure([file])) watcher?.loaded(other);
    },
    missed: (file) => watcher?.missed(file),
    listed: (name) => {
      const value = listingValue(name, unwatched.readdirSync);
      watcher?.observed({ at: now(), what: 'listed', name, value });
    },
    lost: () => watcher?.observed({ at: now(), what: 'lost', name: '', value: '' }),
    asked: (name) => watcher?.observed({ at: 0, what: 'variable', name, value: '' }),
    // What a child did before is seen before what the test does next.
    ended: () => unobserved(readObservations),
    unobserved,
  });
}

/** Reports what children and threads did, and stops watching. */
export function collectChildren(): void {
  readObservations();
  const to = watcher;
  watcher = null;
  const folder = reports;
  reports = null;
  readUpTo.clear();
  if (folder === null || to === null) return;
  for (const name of listed(folder))
    for (const file of loadedFiles(path.join(folder, name))) to.loaded(file);
  fs.rmSync(folder, { recursive: true, force: true });
}

/** Reports what was observed since the last time. */
function readObservations(): void {
  const to = watcher;
  if (to === null || reports === null) return;
  for (const name of listed(reports)) {
    if (!name.startsWith(OBSERVATIONS)) continue;
    const file = path.join(reports, name);
    const from = readUpTo.get(name) ?? 0;
    if (unwatched.statSync(file).size <= from) continue;
    const content = unwatched.readFileSync(file);
    const end = content.lastIndexOf('\n') + 1;
    if (end <= from) continue;
    readUpTo.set(name, end);
    for (const observation of decodeObservations(content.toString('utf8', from, end)))
      to.observed(observation);
  }
}

function listed(folder: string): string[] {
  try {
    return unwatched.readdirSync(folder);
  } catch {
    return [];
  }
}

/** The scripts of one report. Source: Node's documentation of NODE_V8_COVERAGE. */
function loadedFiles(report: string): string[] {
  try {
    const { result } = JSON.parse(unwatched.readFileSync(report, 'utf8')) as {
      result: { url: string }[];
    };
    return result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  } catch {
    // A child that was killed leaves half a report.
    return [];
  }
}

function reportFolder(): string {
  reports ??= unobserved(() => fs.mkdtempSync(path.join(os.tmpdir(), 'jest-testmon-children-')));
  return reports;
}
