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
 * Whether plain Jest, in a process of its own, reads a project's config and finds jest-testmon in it.
 * @param root The project's folder.
 * @param changes What was changed: a config outside of where Jest looks is named to it.
 * @returns Null where it does, else what Jest said.
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
