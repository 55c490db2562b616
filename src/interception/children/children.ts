import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importClosure } from '../../dependencies/resolution/imports';
import { isPrivateFolder } from '../../machine/ownership';
import { CHILDREN_PREFIX } from '../../run/temporary-names';
import { announced, RUN_FILE_VARIABLE } from '../../run/run-variables';
import { permissionsAt } from '../../dependencies/files/stats';
import { listingValue } from '../../dependencies/files/listing';
import { ChildReports, idOf, type Ran } from './child-reports';
import type { WorkspacePaths } from '../../dependencies/files/workspace-paths';
import { SCRIPT } from '../commands/node-command';
import { watchLaunches } from './launches';
import { OBSERVATIONS, type Observation } from './observation';
import { ObservationFiles } from './observation-files';
import { unobserved, unwatched } from '../observer';
import { now } from '../files/self-writes';
import { unwatchedVariables } from '../variables/tool-variables';

/**
 * Watches what tests run in other processes. Node children and threads load a hook, which reports what they do to the
 * file system and which variables they read. Node itself reports the scripts that a child loaded, through
 * `NODE_V8_COVERAGE`, when the child exits. If the child is killed before that, the imports of its script count
 * instead.
 */

/** Receives what children and threads did. */
export interface ChildWatcher extends WorkspacePaths {
  /** Whether Node must report the scripts that a child loaded. */
  reportsScripts: boolean;
  /** A file was loaded, or named in a command. */
  loaded(file: string): void;
  /** Node ran a file. */
  ran?(file: string, how: Ran, at: number): void;
  /** A command named a path that does not exist. */
  missed(file: string): void;
  /** A program was named a folder, or lists the one that it works in. */
  listed?(folder: string): void;
  /** A program may read anything below a folder: see `ServiceWatch`. */
  mayRead?(folder: string, entries: readonly string[]): void;
  observed(observation: Observation): void;
}

/** The children of one watcher. */
interface Watched {
  watcher: ChildWatcher | null;
  /** The folder for the reports of children. Made when the first child starts. */
  reports: string | null;
  /** The observations of children. */
  readonly observations: ObservationFiles;
  /** The scripts that children reported. */
  readonly scripts: ChildReports;
}

const watched = (watcher: ChildWatcher | null): Watched => ({
  watcher,
  reports: null,
  observations: new ObservationFiles(),
  scripts: new ChildReports(),
});

let current = watched(null);
/** Children that are followed while nobody else is watched, and whether one of their code's is being started. */
let followed: { watched: Watched; isStarting: () => boolean } | null = null;
let installed = false;

/** Whose children are started now. */
function starting(): Watched {
  return current.watcher === null && followed?.isStarting() === true ? followed.watched : current;
}

/** Starts to watch for one test file. */
export function watchChildren(next: ChildWatcher): void {
  current.watcher = next;
  install();
}

/**
 * Goes on to watch the children of the one who is watched now, until it is called again.
 * @param isStarting Whether a child that is started while nobody else is watched belongs to them.
 * @returns Reports what they did since the last time.
 */
export function followChildren(isStarting: () => boolean): () => void {
  const kept = current;
  followed = { watched: kept, isStarting };
  current = watched(null);
  return () => unobserved(() => readObservations(kept));
}

/**
 * Runs something whose children do not belong to the test file. What these do is reported to `next` alone. For
 * children that keep running, only what they did until the end of `work` counts.
 */
export function childrenDuring<T>(next: ChildWatcher, work: () => T): T {
  const outer = current;
  install();
  current = watched(next);
  try {
    return work();
  } finally {
    unobserved(collectChildren);
    current = outer;
  }
}

/** Watches the ways to start a child. Call it before other code keeps references to them. Nothing is reported yet. */
export function install(): void {
  if (installed) return;
  installed = true;
  watchLaunches({
    isWorker: true,
    variables: (given = process.env) => unwatchedVariables(given),
    handover: () => {
      const to = starting();
      if (to.watcher === null) return null;
      const { workspace, temporary, reportsScripts } = to.watcher;
      return { folder: reportFolder(to), workspace, temporary, reportsScripts };
    },
    named: (file, runs) => {
      const { watcher, scripts } = starting();
      if (runs && watcher?.ran !== undefined) scripts.launched(file);
      else if (watcher !== null) loadedWithImports(watcher, file);
    },
    executed: (name) =>
      observed({ at: now(), what: 'looked', name, value: permissionsAt(name) ?? '' }),
    mayRead: (folder, entries) => starting().watcher?.mayRead?.(folder, entries),
    missed: (file) => starting().watcher?.missed(file),
    listed: (name) => {
      const { watcher } = starting();
      if (watcher?.listed !== undefined) {
        watcher.listed(name);
        return;
      }
      const value = listingValue(name, unwatched.readdirSync);
      observed({ at: now(), what: 'listed', name, value });
    },
    lost: () => observed({ at: now(), what: 'lost', name: '', value: '' }),
    asked: (name) => observed({ at: 0, what: 'variable', name, value: '' }),
    // What the child did must be reported before what the test does next.
    ended: () => unobserved(() => readObservations(starting())),
    unobserved,
  });
}

/** Reports to the one whose children are started now. */
function observed(observation: Observation): void {
  starting().watcher?.observed(observation);
}

/** Reports what children and threads did, and stops watching. */
export function collectChildren(): void {
  readObservations(current);
  const { watcher: to, reports: folder, scripts: found } = current;
  current = watched(null);
  if (to === null) return;
  for (const name of folder === null ? [] : listed(folder)) {
    const id = name.startsWith(OBSERVATIONS) ? null : idOf(name);
    if (id !== null && folder !== null) found.covered(id, textOf(path.join(folder, name)));
  }
  if (to.ran !== undefined) found.tell((file, how, at) => to.ran?.(file, how, at));
  else for (const file of found.files()) to.loaded(file);
  if (folder !== null) fs.rmSync(folder, { recursive: true, force: true });
}

/** Reports the observations since the last call. */
function readObservations({ watcher: to, reports, observations, scripts }: Watched): void {
  if (to === null || reports === null) return;
  for (const { name, observations: added } of observations.added(reports, listed(reports)))
    for (const observation of added)
      if (observation.what === 'bundled')
        to.mayRead?.(observation.name, observation.value.split('\n').filter(Boolean));
      else if (to.ran === undefined) observedByName(to, observation);
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

/** For watchers that do not ask which parts of a script ran. To them, a script is a file that was read. */
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
    // The report is gone, so it counts as none.
    return '';
  }
}

/**
 * A folder inside the run's folder. The controller removes it at the end of the run. If the controller or this
 * process is killed, the next run removes it.
 */
function reportFolder(of: Watched): string {
  return (of.reports ??= unobserved(() => {
    const runFile = announced(RUN_FILE_VARIABLE);
    const folder =
      runFile === undefined || !path.isAbsolute(runFile) ? null : path.dirname(runFile);
    return folder !== null && isPrivateFolder(folder)
      ? fs.mkdtempSync(path.join(folder, 'children-'))
      : fs.mkdtempSync(path.join(os.tmpdir(), CHILDREN_PREFIX));
  }));
}
