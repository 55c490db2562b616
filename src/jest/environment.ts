/**
 * Jest's `testEnvironment`. Jest loads it in the worker for every test file and constructs it before any setup file
 * runs. It extends the environment that the project uses.
 */
import '../compile-cache';
import { recordedEnvironment } from '../recording/recorded-environment';
import { userEnvironments } from '../recording/user-environment';

// Jest transpiles modules only while it loads this file, so a project's own environment in TypeScript must be
// required now. Removing this module from the cache makes Jest load it again for the next test file, which may belong
// to another project.
userEnvironments.loadWhileTranspiling();
delete require.cache[__filename];

const TestmonEnvironment = recordedEnvironment(__filename);

export = TestmonEnvironment;
