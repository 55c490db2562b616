/** The old name of `jest-testmon/test-runner`, for configs with keys written by hand. It stays until 1.0. */
import testRunner from './test-runner';

export = testRunner;
