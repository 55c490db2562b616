import * as path from 'node:path';

/** All of our code, also where it is one file. */
export const OWN_FOLDER = path.join(__dirname, '..') + path.sep;

const OUR_FRAME = new RegExp(
  `\\n[^\\n]*${OWN_FOLDER.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}[^\\n]*`,
  'g',
);

/** An error that came through our code shows the stack it has without us. */
export function withoutOurFrames(error: unknown): unknown {
  if (error instanceof Error && typeof error.stack === 'string')
    error.stack = error.stack.replace(OUR_FRAME, '');
  return error;
}
