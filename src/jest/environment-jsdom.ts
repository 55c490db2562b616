/**
 * As `environment`, for a project whose environment is that of jsdom: `testEnvironment: 'jest-testmon/environment-jsdom'`.
 */
import '../compile-cache';
import { recordedEnvironment } from '../recording/recorded-environment';

const TestmonEnvironment = recordedEnvironment(__filename);

export = TestmonEnvironment;
