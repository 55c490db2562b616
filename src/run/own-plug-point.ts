import * as fs from 'node:fs';
import * as path from 'node:path';
import { getOrCreate } from '../dependencies/get-or-create';
import { OWN_FOLDER } from './own-frames';

/** What Jest loads by name, under each name that a config may give. */
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

/** By folder: whether it holds the plug points of a copy of ours. */
const folders = new Map<string, 'ours' | 'foreign'>([[path.join(OWN_FOLDER, 'jest'), 'ours']]);

/**
 * The name of the plug point in a file, such as `environment`. It may be that of another copy: one that is installed in
 * the project, while the command comes from elsewhere.
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
    // A folder of the user's that happens to have the same name.
    return 'foreign';
  }
}
