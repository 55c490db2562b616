import * as fs from 'node:fs';
import * as path from 'node:path';
import { threadId } from 'node:worker_threads';
import { runCache } from '../dependencies/run-cache';
import { slowHashes } from '../dependencies/slow-hash';
import { unobserved } from '../interception/observer';
import { awaitRunFile, NO_RUN, type RunFile, type RunProject } from '../run/run-file';
import { announced, RUN_FILE_VARIABLE } from '../run/run-variables';
import { Store } from '../store';
import { printable } from '../terminal/printable';
import { watchResolverInputs } from './inputs/resolver-inputs';
import { WorkerRun } from './worker-run';
import { messageOf } from '../terminal/error-message';

/** How long a worker waits for the controller's run file. */
const MAX_WAIT_MS = 5_000;

/** What a worker process keeps from one test file to the next. Jest makes all its plug points anew each time. */
const worker: {
  joined: { announced: string | undefined; run: WorkerRun | null } | null;
  hasWarned: boolean;
} = { joined: null, hasWarned: false };

/**
 * Joins the run that the controller announced, once per worker and run.
 * @returns Null if there is no run, or if nothing must be recorded. The tests then run unrecorded.
 */
export function joinRun(): WorkerRun | null {
  const runFile = announced(RUN_FILE_VARIABLE);
  if (worker.joined === null || worker.joined.announced !== runFile) {
    // In watch mode, a worker may live on while files are edited between two runs.
    runCache.startRun();
    worker.joined = { announced: runFile, run: unobserved(() => tryJoin(runFile)) };
  }
  return worker.joined.run;
}

function tryJoin(runFile: string | undefined): WorkerRun | null {
  if (runFile === NO_RUN) return null;
  try {
    const file = awaitRunFile(runFile, MAX_WAIT_MS);
    const isNeeded =
      file.collect || file.deadline !== null || Object.values(file.projects).some(skipsAnything);
    return isNeeded ? join(file) : null;
  } catch (error) {
    warnOnce(messageOf(error));
    return null;
  }
}

function skipsAnything({ skipped, skippedTests }: RunProject): boolean {
  return Object.keys(skipped).length > 0 || Object.keys(skippedTests).length > 0;
}

function join(file: RunFile): WorkerRun {
  const id = `${process.pid}-${threadId}`;
  const run = new WorkerRun(file, id);
  slowHashes.useMemo(file.hashMemo);
  watchResolverInputs(file.root);
  acknowledge(path.join(file.directory, `ack-${id}`));
  checkEnvironments(file);
  return run;
}

/** Tells the controller that this worker has read the run file. */
function acknowledge(file: string): void {
  fs.writeFileSync(file, '', { mode: 0o600 });
}

/** Opens the database read-only, as a worker does. Every environment must already exist in it. */
function checkEnvironments(file: RunFile): void {
  const store = Store.open(file.dataFile, { readonly: true });
  try {
    for (const project of Object.values(file.projects)) store.environment(project.environmentId);
  } finally {
    store.close();
  }
}

/** Prints one sentence per worker on stderr, where Jest prints too. Later sentences are dropped. */
export function warnOnce(sentence: string): void {
  if (worker.hasWarned) return;
  worker.hasWarned = true;
  const line = sentence.startsWith('testmon:') ? sentence : `testmon: ${sentence}`;
  process.stderr.write(`${printable(line)}\n`);
}
