import * as path from 'node:path';
import { decodeMetadata, findMetadata, insertProbes } from '../../src/blocks';
import { contentHash } from '../../src/dependencies/files/content';
import type { FileVersion } from '../../src/records/types';

/**
 * A file version as a run would have recorded it.
 * @param name Path relative to the root.
 */
export function versionOf(root: string, name: string, text: string): FileVersion {
  const { code } = insertProbes(text, {
    form: 'commonjs',
    root,
    path: name,
    filename: path.join(root, name),
    contentHash: contentHash(text),
  });
  return decodeMetadata(findMetadata(code) ?? '');
}
