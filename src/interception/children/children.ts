import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importClosure } from '../../dependencies/resolution/imports';
import { isPrivateFolder } from '../../machine/ownership';
import { CHILDREN_PREFIX } from '../../run/temporary-names';
import { announced, RUN_FILE_VARIABLE } from '../../run/run-variables';
import { listingValue } from '../../dependencies/files/listing';
import { ChildReports, idOf, type Ran } from './child-reports';
import type { WorkspacePaths } from '../../dependencies/files/workspace-paths';
import { SCRIPT } from './commands';
import { watchLaunches } from './launches';
import { OBSERVATIONS, type Observation } from './observation';
import { ObservationFiles } from './observation-files';
import { unobserved, unwatched } from '../observer';
import { now } from '../files/self-writes';
import { unwatchedVariables } from '../variables/tool-variables';

/**
 * Watches what tests run outside their own process. A hook that Node children and threads load reports what they do to
 * the file system and which variables they ask for; Node itself reports the files that a child loaded through
 * `NODE_V8_COVERAGE`, at the child's exit. What its script imports counts for a child that is killed before.
 */

/** Who is told what children and threads did. */
export interface ChildWatcher extends WorkspacePaths {
  /** Whether Node is to report the scripts that a child loaded. */
  reportsScripts: boolean;
  /** A file was loaded, or named to a program. */
  loaded(file: string): void;
  /** A file was run by Node. */
  ran?(file: string, how: Ran, at: number): void;
  /** A path was named to a program, and nothing was there. */
  missed(file: string): void;
  observed(observation: Observation): void;
}

/** Where children report; made when the first one starts. */
let reports: string | null = null;
/** What they observed. */
let observations = new ObservationFiles();
/** What children reported of the scripts that they ran. */
let scripts = new ChildReports();
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
  const outer = { watcher, reports, observations, scripts };
  install();
  watcher = next;
  reports = null;
  observations = new ObservationFiles();
  scripts = new ChildReports();
  try {
    return work();
  } finally {
    unobserved(collectChildren);
    ({ watcher, reports, observations, scripts } = outer);
  }
}

/** Watches the ways to start a child; to be called before code takes hold of them. Nobody is told yet. */
export function install(): void {
  if (installed) return;
  installed = true;
  watchLaunches({
    isWorker: true,
    variables: (given = process.env) => unwatchedVariables(given),
    handover: () => {
      if (watcher === null) return null;
      const { workspace, temporary, reportsScripts } = watcher;
      return { folder: reportFolder(), workspace, temporary, reportsScripts };
    },
    named: (file, runs) => {
      if (runs && watcher?.ran !== undefined) scripts.launched(file);
      else if (watcher !== null) loadedWithImports(watcher, file);
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
  const found = scripts;
  reports = null;
  observations = new ObservationFiles();
  scripts = new ChildReports();
  if (to === null) return;
  for (const name of folder === null ? [] : listed(folder)) {
    const id = name.startsWith(OBSERVATIONS) ? null : idOf(name);
    if (id !== null && folder !== null) found.covered(id, textOf(path.join(folder, name)));
  }
  if (to.ran !== undefined) found.tell((file, how, at) => to.ran?.(file, how, at));
  else for (const file of found.files()) to.loaded(file);
  if (folder !== null) fs.rmSync(folder, { recursive: true, force: true });
}

/** Reports what was observed since the last time. */
function readObservations(): void {
  const to = watcher;
  if (to === null || reports === null) return;
  for (const { name, observations: added } of observations.added(reports, listed(reports)))
    for (const observation of added)
      if (to.ran === undefined) observedByName(to, observation);
      else if (!scripts.observed(idOf(name) ?? name, observation)) to.observed(observation);
}

function listed(folder: string): string[] {
  try {
    return unwatched.readdirSync(folder);
  } catch {
    // The folder was never made, or the test removed it.
    return [];
  }
}

/** For those who do not ask which parts of a script ran: a script is a file that was read. */
function observedByName(to: ChildWatcher, observation: Observation): void {
  const { what, name } = observation;
  if (what === 'launched') loadedWithImports(to, name);
  else if (what === 'script') to.observed({ ...observation, what: 'read' });
  else if (what !== 'started') to.observed(observation);
}

function loadedWithImports(to: ChildWatcher, file: string): void {
  to.loaded(file);
  if (SCRIPT.test(file)) for (const other of importClosure([file])) to.loaded(other);
}

function textOf(report: string): string {
  try {
    return unwatched.readFileSync(report, 'utf8');
  } catch {
    // The report has gone: it counts as none.
    return '';
  }
}

/**
 * A folder in that of the run, which is removed with it when the controller ends, or by the next run where this process
 * or the controller was killed.
 */
function reportFolder(): string {
  return (reports ??= unobserved(() => {
    const runFile = announced(RUN_FILE_VARIABLE);
    const folder =
      runFile === undefined || !path.isAbsolute(runFile) ? null : path.dirname(runFile);
    return folder !== null && isPrivateFolder(folder)
      ? fs.mkdtempSync(path.join(folder, 'children-'))
      : fs.mkdtempSync(path.join(os.tmpdir(), CHILDREN_PREFIX));
  }));
}
