/**
 * Jest's `testRunner`. Jest calls it in the worker once per test file, after the setup files. It runs the project's
 * own test runner, and attaches the recorder if a docblock chose an environment that is not ours.
 */
import { runRecorded } from '../recording/recorded-runner';
import type { TestFramework } from '../recording/user-runner';
import { withoutHandover } from '../run/handover';

const testmonRunner: TestFramework = (...call) =>
  runRecorded(withoutHandover(call[1]).handover.runner, call);

export = testmonRunner;
