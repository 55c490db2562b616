/**
 * As `environment`, for a project whose environment is that of Node: `testEnvironment: 'jest-testmon/environment-node'`.
 */
import '../compile-cache';
import { recordedEnvironment } from '../recording/recorded-environment';

const TestmonEnvironment = recordedEnvironment(__filename);

export = TestmonEnvironment;
