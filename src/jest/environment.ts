/**
 * Jest's `testEnvironment`. Jest loads it in the worker for every test file and constructs it before any setup file
 * runs. It builds on whatever environment the project uses.
 */
import '../compile-cache';
import { recordedEnvironment } from '../recording/recorded-environment';
import { userEnvironments } from '../recording/user-environment';

// Jest transpiles what is required while it loads this file, so a project's own TypeScript environment must be
// required now; forgetting this module makes Jest load it anew for the next test file, perhaps of another project.
userEnvironments.loadWhileTranspiling();
delete require.cache[__filename];

const TestmonEnvironment = recordedEnvironment(__filename);

export = TestmonEnvironment;
