import { SharedStoreError } from './engine';

/**
 * Loads a package that only some stores need, and that therefore the user installs.
 * @throws {SharedStoreError} `unprepared`, with what to do, where it is not installed.
 */
export async function loadOptional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A package that is there and lacks one of its own is another fault, and says so itself.
    if (!/MODULE_NOT_FOUND$/.test(code ?? '') || !message.includes(`'${name}'`)) throw error;
    throw new SharedStoreError(
      'unprepared',
      `this shared store needs the package ${name}: npm install --save-dev ${name}`,
    );
  }
}
