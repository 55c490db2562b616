import { createRequire } from 'node:module';
import { SharedStoreError } from './engine';

/** Not `import()`: to start Node's loader of ES modules takes 30 ms. */
const load = createRequire(__filename);

/**
 * Loads a package that only some stores need, and that therefore the user installs.
 * @throws {SharedStoreError} `unprepared`, with what to do, where it is not installed.
 */
export function loadOptional(name: string): unknown {
  try {
    return load(name) as unknown;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A package that is there and lacks one of its own is another fault, and says so itself.
    if (code !== 'MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw error;
    throw new SharedStoreError(
      'unprepared',
      `this shared store needs the package ${name}: npm install --save-dev ${name}`,
    );
  }
}
