import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Mocks } from '../dependencies/resolution/mocks';
import type { HashMemo } from '../dependencies/slow-hash';
import type { Dependency, EnvironmentKey } from '../records/types';
import { writeAtomically } from '../machine/atomic-write';
import { openPrivate } from '../machine/ownership';
import { swallowed } from '../terminal/debug';

/** Raised when the shape of the run file changes; a worker of another version does not read it. */
export const RUN_FILE_VERSION = 7;

/** What is announced in place of its path while there is no run to take part in: until the controller has selected. */
export const NO_RUN = 'none';

/** What a worker needs to know of one Jest project. */
export interface RunProject {
  /** The row the controller created before any worker started. */
  environmentId: number;
  /** What names that row: the next controller finds it by this, should the database have been replaced. */
  environment: EnvironmentKey;
  /**
   * The test files whose tests are skipped where no sequencer could drop them: by relative path, the record that shows
   * each unaffected.
   */
  skipped: Record<string, number>;
  /** By relative path of a test file that runs: which of its tests are skipped. */
  skippedTests: Record<string, SkippedTests>;
  /** As selection sees them; null for a project that no test file was found in. */
  mocks: Mocks | null;
}

/** Tests of one test file that are skipped because a record shows them unaffected. */
export interface SkippedTests {
  recordId: number;
  /** Their places among the tests of the record. */
  positions: number[];
}

/** What the controller tells its workers. */
export interface RunFile {
  version: number;
  runId: string;
  /** The controller's process, as its workers see it; it does not tell whether the run is under way. */
  pid: number;
  /** The time of the database's last commit when the run began; see `CommitBatch.began`. */
  began: number;
  /** The folder of this run: run file, acknowledgements and journals. */
  directory: string;
  /** Absolute, real path that stored paths are relative to. */
  root: string;
  /** Absolute path of the database. */
  dataFile: string;
  /** False when nothing is to be recorded. */
  collect: boolean;
  typeErrors: 'ignore' | 'select';
  /** Absolute paths that never count. */
  excluded: string[];
  ignore: string[];
  ignoreVariables: string[];
  /** What a record keeps of the names of all environment variables, as selection sees them. */
  variableNames: string;
  /** Where workers find the slow hashes that were made before. */
  hashMemo: HashMemo;
  /** What a record keeps of each environment variable that the global setup changed: its value before, as selection sees it. */
  setupVariables: Record<string, string>;
  /** What the global setup found in the project's files: it counts for every record. */
  setupInputs: Dependency[];
  /** The file that keeps what was read of installed packages; null where there is none. */
  packageCache: string | null;
  /** By Jest's project id. */
  projects: Record<string, RunProject>;
}

/** Global setups of the user's that are yet to run, and what the workers of their run will be told. */
export interface AwaitedSetups {
  run: RunFile;
  /** Absolute paths. */
  setups: string[];
}

/** Writes the run file so that a reader sees all of it or none. */
export function publishRunFile(file: string, run: RunFile): void {
  writeAtomically(file, JSON.stringify(run));
}

/** Thrown when there is no run to take part in; the message is a sentence for the user. */
export class RunFileError extends Error {}

/**
 * Waits for the controller's run file and reads it.
 * @param file Its path, from `TESTMON_RUN_FILE`.
 * @param wait How long to wait for it, in milliseconds.
 * @throws {RunFileError} Where it does not appear or is not one of ours.
 */
export function awaitRunFile(file: string | undefined, wait: number): RunFile {
  if (file === undefined || file === '') {
    throw new RunFileError(
      "testmon: no run file was announced, so this run is not recorded; add globalSetup: 'jest-testmon/global-setup' to the Jest config, or use withTestmon(config).",
    );
  }
  // The clock of the day may jump meanwhile.
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

/** The run file of a run that is over; null where it is not there or not ours. */
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
  // That of another run, moved here, is no better than a foreign one.
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
 * The text of a file of ours.
 * @returns Null where there is none yet.
 * @throws {RunFileError} Where somebody else may have written it.
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

/** Jest's plug points that read the run file are synchronous, so the wait is too. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
