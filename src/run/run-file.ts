import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Mocks } from '../dependencies/resolution/mocks';
import type { HashMemo } from '../dependencies/slow-hash';
import type { Dependency, EnvironmentKey } from '../records/types';
import { writeAtomically } from '../machine/atomic-write';
import { openPrivate } from '../machine/ownership';
import { swallowed } from '../terminal/debug';

/** Increase this when the shape of the run file changes. A worker of another version then refuses the file. */
export const RUN_FILE_VERSION = 8;

/** Announced in place of the run file's path until the controller has selected. Workers then record nothing. */
export const NO_RUN = 'none';

/** What a worker needs to know about one Jest project. */
export interface RunProject {
  /** The row id of the environment, which the controller creates before any worker starts. */
  environmentId: number;
  /** Identifies the environment if the database is replaced before the run is committed. */
  environment: EnvironmentKey;
  /**
   * The unaffected test files that Jest runs all the same because no sequencer could drop them. All their tests are
   * skipped. By stored path; the value is the id of the record that shows the test file unaffected.
   */
  skipped: Record<string, number>;
  /** The skipped tests of each test file that runs, by stored path. */
  skippedTests: Record<string, SkippedTests>;
  /** The manual mocks as selection saw them. Null for a project without test files. */
  mocks: Mocks | null;
}

/** The tests of one test file that are skipped because a record shows them unaffected. */
export interface SkippedTests {
  recordId: number;
  /** Their indices among the tests of the record. */
  positions: number[];
}

/** What the controller tells its workers. */
export interface RunFile {
  version: number;
  runId: string;
  /** The process id of the controller, as its workers see it. It does not show whether the run is still going on. */
  pid: number;
  /** The time of the database's last commit before the run began. See `CommitBatch.began`. */
  began: number;
  /** Absolute path of the run's folder, which holds the run file, the acknowledgements and the journals. */
  directory: string;
  /** Absolute real path of the root. Stored paths are relative to it. */
  root: string;
  /** Absolute path of the database. */
  dataFile: string;
  /** False if the run records nothing. */
  collect: boolean;
  /** When the time of the run is up, in milliseconds since the epoch. Null if it has a time without end. */
  deadline: number | null;
  typeErrors: 'ignore' | 'select';
  /** Absolute paths that are never recorded. */
  excluded: string[];
  ignore: string[];
  ignoreVariables: string[];
  /** The recorded value for the names of all environment variables, as selection saw them. */
  variableNames: string;
  /** Slow hashes that were computed before, for the workers to reuse. */
  hashMemo: HashMemo;
  /**
   * The recorded value of each environment variable that the global setup changed: the value before the change, as
   * selection saw it.
   */
  setupVariables: Record<string, string>;
  /** The dependencies of the global setup. Every record of the run contains them. */
  setupInputs: Dependency[];
  /** Absolute path of the cache of installed packages. Null if there is none. */
  packageCache: string | null;
  /** By Jest's project id. */
  projects: Record<string, RunProject>;
}

/** The user's global setups that have not run yet, and the run file to write after them. */
export interface AwaitedSetups {
  run: RunFile;
  /** Absolute paths. */
  setups: string[];
}

/** The user's global teardowns that have not run yet, and what decides which files count that they read. */
export interface AwaitedTeardowns {
  run: RunFile;
  /** Absolute paths of those that belong to the tool chain. */
  ofToolChain: readonly string[];
  /** When the run began, in milliseconds since the epoch. */
  began: number;
}

/**
 * Writes the run file in one step, so that a reader sees all of it or none.
 * @param file Absolute path.
 */
export function publishRunFile(file: string, run: RunFile): void {
  writeAtomically(file, JSON.stringify(run));
}

/** Thrown if there is no run to take part in. The message is a sentence for the user. */
export class RunFileError extends Error {}

/**
 * Waits for the controller's run file and reads it.
 * @param file The path from `TESTMON_RUN_FILE`.
 * @param wait The longest time to wait, in milliseconds.
 * @throws {RunFileError} If it does not appear in time, cannot be trusted, or has another version.
 */
export function awaitRunFile(file: string | undefined, wait: number): RunFile {
  if (file === undefined || file === '') {
    throw new RunFileError(
      "testmon: no run file was announced, so this run is not recorded; add globalSetup: 'jest-testmon/global-setup' to the Jest config, or use withTestmon(config).",
    );
  }
  // A monotonic clock, as the system time may jump.
  const deadline = performance.now() + wait;
  for (;;) {
    const run = tryRead(file);
    if (run !== null) return run;
    if (performance.now() >= deadline) {
      throw new RunFileError(
        `testmon: the run file ${file} did not appear within ${wait} ms, so this run is not recorded; check that Jest's globalSetup includes 'jest-testmon/global-setup' and that the temporary folder is writable.`,
      );
    }
    sleep(20);
  }
}

/** Reads the run file of a finished run. Returns null if it is missing or invalid. */
export function readRunFile(file: string): RunFile | null {
  try {
    return tryRead(file);
  } catch (error) {
    swallowed('run', error, `reading the run file ${file}; its run is left out`);
    return null;
  }
}

function tryRead(file: string): RunFile | null {
  const text = readText(file);
  if (text === null) return null;
  let run: RunFile;
  try {
    run = JSON.parse(text) as RunFile;
  } catch (error) {
    swallowed('run', error, `parsing the run file ${file}`);
    throw new RunFileError(
      `testmon: the run file ${file} is not readable as JSON, so this run is not recorded; run again.`,
    );
  }
  // The file was moved here from another run. It cannot be trusted any more than another user's file.
  if (run.version === RUN_FILE_VERSION && run.directory !== path.dirname(file)) {
    throw new RunFileError(
      `testmon: the run file ${file} belongs to another run, so everything runs and nothing is recorded; set TMPDIR to a folder of your own.`,
    );
  }
  if (run.version !== RUN_FILE_VERSION) {
    throw new RunFileError(
      `testmon: the run file ${file} was written by another version of jest-testmon, so this run is not recorded; make sure that one version is installed.`,
    );
  }
  return run;
}

/**
 * Reads the run file.
 * @returns Null if it does not exist yet.
 * @throws {RunFileError} If another user may have written it.
 */
function readText(file: string): string | null {
  const opened = openPrivate(file);
  if (opened === null) {
    if (fs.lstatSync(file, { throwIfNoEntry: false }) === undefined) return null;
    throw new RunFileError(
      `testmon: the run file ${file} was not believed, as another user may have written it, so everything runs and nothing is recorded; set TMPDIR to a folder of your own.`,
    );
  }
  try {
    return fs.readFileSync(opened, 'utf8');
  } finally {
    fs.closeSync(opened);
  }
}

/** Blocks the thread. The plug points of Jest that read the run file are synchronous, so they cannot wait otherwise. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
