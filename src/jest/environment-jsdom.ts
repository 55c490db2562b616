/**
 * Jest's `testEnvironment` for a project with jsdom: `testEnvironment: 'jest-testmon/environment-jsdom'`. See
 * `environment`.
 */
import '../compile-cache';
import { recordedEnvironment } from '../recording/recorded-environment';

const TestmonEnvironment = recordedEnvironment(__filename);

export = TestmonEnvironment;
