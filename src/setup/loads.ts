import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import type { Change } from './change';

/** Whether a config in a folder can load jest-testmon. */
export function isInstalled(folder: string): boolean {
  try {
    createRequire(path.join(folder, 'noop.js')).resolve('jest-testmon');
    return true;
  } catch {
    // It is not installed there.
    return false;
  }
}

/**
 * Starts plain Jest to check that it reads the project's config and finds jest-testmon in it.
 * @param root Absolute path of the project.
 * @param changes The changes that were made. If the changed config is in an unusual place, its path is passed to
 *   Jest.
 * @returns Null if the config works. Otherwise the first line of Jest's error.
 */
export function whyNotLoaded(root: string, changes: readonly Change[]): string | null {
  const config = changes.find(({ after }) => after?.includes('withTestmon') === true)?.file;
  const named = config === undefined ? [] : [`--config=${config}`];
  const jest = createRequire(path.join(root, 'noop.js')).resolve('jest/bin/jest');
  const { status, stdout, stderr } = spawnSync(process.execPath, [jest, '--showConfig', ...named], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0 && /"testSequencer": ".*jest[\\/]+sequencer\.[jt]s"/.test(stdout)) return null;
  const [line = 'Jest does not see it'] = stderr.split('\n').filter((text) => text.trim() !== '');
  return line.trim();
}
