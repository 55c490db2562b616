import { replace } from '../../interception/patched';
import type { AnyEnvironment, CircusEvent, CircusState, CircusTest } from './circus';
import type { Recorder } from '../recorder';
import { safely } from '../safely';
import { keepSnapshots } from './skipped-snapshots';
import type { TestPlan } from './test-plan';

/** The state of one test file while it runs. */
export interface Attachment {
  recorder: Recorder;
  /** The global object of the test environment. */
  global: object;
  plan: TestPlan;
  /** Known when jest-circus has finished or the test runner has returned. */
  outcome: 'passed' | 'failed' | null;
  /** Tests whose last attempt failed. */
  failed: Set<CircusTest>;
  /** Full names of the tests that were skipped as unaffected. */
  skipped: string[];
  /** Absolute path of the test file's snapshot. Null if it has no single path. */
  snapshot: string | null;
}

/** Handles Jest's events before the environment's own handler does. That handler may be a class field. */
export function watchTestEvents(environment: AnyEnvironment, attachment: Attachment): void {
  const original = environment.handleTestEvent;
  const watched: typeof original = (event, state) => {
    const handler = HANDLERS.get(event.name);
    if (handler !== undefined) safely(attachment.recorder, () => handler(attachment, state, event));
    return original?.call(environment, event, state);
  };
  replace('environment', environment, 'handleTestEvent', watched);
}

type Handler = (attachment: Attachment, state: CircusState, event: CircusEvent) => void;

/**
 * What is done at each event of jest-circus. Other events, of which there are several for each test and hook, are
 * ignored. Source: `@jest/types`, `Circus.AsyncEvent` and `Circus.SyncEvent`.
 */
const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['setup', ({ recorder }) => recorder.resume()],
  [
    'run_start',
    ({ recorder, plan }, state) => {
      if (plan.skipAll) recorder.abandon();
      plan.apply(state);
    },
  ],
  ['test_start', ofTest(testStarted)],
  ['test_done', ofTest(testDone)],
  ['test_skip', ofTest(testSkipped)],
  [
    'test_todo',
    ofTest(({ recorder, plan }, test) => recorder.testEnded(plan.identify(test), 'todo', 0)),
  ],
  ['run_finish', runFinished],
]);

function ofTest(handle: (attachment: Attachment, test: CircusTest) => void): Handler {
  return (attachment, _state, { test }) => {
    if (test !== undefined) handle(attachment, test);
  };
}

function testStarted({ recorder, plan }: Attachment, test: CircusTest): void {
  if (plan.skippedTest(test) === null)
    recorder.testStarted(plan.identify(test), test.concurrent === true);
}

function testDone({ recorder, plan, failed }: Attachment, test: CircusTest): void {
  const hasFailed = test.errors.length > 0;
  if (hasFailed) failed.add(test);
  else failed.delete(test);
  recorder.testEnded(plan.identify(test), hasFailed ? 'failed' : 'passed', test.duration ?? 0);
}

function testSkipped({ recorder, plan, skipped }: Attachment, test: CircusTest): void {
  const identity = plan.identify(test);
  const unaffected = plan.skippedTest(test);
  if (unaffected === null || plan.shared === null) recorder.testEnded(identity, 'skipped', 0);
  else {
    recorder.testSkipped(unaffected, plan.shared);
    skipped.push(identity.name.join(' '));
  }
}

function runFinished(attachment: Attachment, state: CircusState): void {
  const { recorder, failed, global, skipped } = attachment;
  if (state.testNamePattern) recorder.limit();
  const hasFailed = failed.size > 0 || state.unhandledErrors.length > 0;
  attachment.outcome = hasFailed ? 'failed' : 'passed';
  keepSnapshots(global, skipped);
}
