/**
 * Jest's `testEnvironment` for a project with Node: `testEnvironment: 'jest-testmon/environment-node'`. See
 * `environment`.
 */
import '../compile-cache';
import { recordedEnvironment } from '../recording/recorded-environment';

const TestmonEnvironment = recordedEnvironment(__filename);

export = TestmonEnvironment;
