import * as fs from 'node:fs';
import * as path from 'node:path';
import { getOrCreate } from '../dependencies/get-or-create';
import { OWN_FOLDER } from './own-frames';

/** The modules that Jest loads by name, under every name that a config may use. */
const NAMES: ReadonlySet<string> = new Set([
  ...[
    'answering-runner',
    'environment',
    'environment-jsdom',
    'environment-node',
    'global-setup',
    'reporter',
    'runner',
  ],
  ...['sequencer', 'test-runner', 'transform', 'watch'],
]);

/** Whether a folder holds the plug points of a copy of jest-testmon. */
const folders = new Map<string, 'ours' | 'foreign'>([[path.join(OWN_FOLDER, 'jest'), 'ours']]);

/**
 * Returns the name of the plug point that a file implements, such as `environment`. The file may belong to another
 * copy of jest-testmon: the command can be installed elsewhere than the project's copy.
 * @returns Null for any other file.
 */
export function ownPlugPoint(file: unknown): string | null {
  if (typeof file !== 'string') return null;
  const { dir, name } = path.parse(file);
  if (!NAMES.has(name) || path.basename(dir) !== 'jest') return null;
  return getOrCreate(folders, dir, () => ownerOf(dir)) === 'ours' ? name : null;
}

function ownerOf(folder: string): 'ours' | 'foreign' {
  try {
    const text = fs.readFileSync(path.resolve(folder, '..', '..', 'package.json'), 'utf8');
    return (JSON.parse(text) as { name?: unknown }).name === 'jest-testmon' ? 'ours' : 'foreign';
  } catch {
    // A user's folder that happens to be called `jest`.
    return 'foreign';
  }
}
