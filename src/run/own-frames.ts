import * as path from 'node:path';
import { isNativeError } from 'node:util/types';
import { withOriginals } from './own-node';

/** The folder that contains all code of jest-testmon. The build may have bundled it into one file. */
export const OWN_FOLDER = path.join(__dirname, '..') + path.sep;

const OUR_FRAME = new RegExp(
  `\\n[^\\n]*${OWN_FOLDER.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}[^\\n]*`,
  'g',
);

/**
 * Removes our own frames from an error's stack. The error may come from the realm of a test.
 * @returns The same value.
 */
export function withoutOurFrames(error: unknown): unknown {
  if (!isNativeError(error)) return error;
  withOriginals(() => {
    if (typeof error.stack === 'string') error.stack = error.stack.replace(OUR_FRAME, '');
  });
  return error;
}
