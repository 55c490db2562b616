import * as path from 'node:path';
import { isNativeError } from 'node:util/types';
import { withOriginals } from './own-node';

/** All of our code, also where it is one file. */
export const OWN_FOLDER = path.join(__dirname, '..') + path.sep;

const OUR_FRAME = new RegExp(
  `\\n[^\\n]*${OWN_FOLDER.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}[^\\n]*`,
  'g',
);

/** An error that came through our code shows the stack it has without us, also one of a test's own realm. */
export function withoutOurFrames(error: unknown): unknown {
  if (!isNativeError(error)) return error;
  withOriginals(() => {
    if (typeof error.stack === 'string') error.stack = error.stack.replace(OUR_FRAME, '');
  });
  return error;
}
