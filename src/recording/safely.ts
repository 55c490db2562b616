import { swallowed } from '../terminal/debug';
import { warnOnce } from './join-run';
import type { Recorder } from './recorder';
import { messageOf } from '../terminal/error-message';

/** Does a part of the recording. An internal error costs the record of this test file, never its tests. */
export function safely(recorder: Recorder, work: () => void): void {
  try {
    work();
  } catch (error) {
    recorder.abandon();
    warnUnrecorded(error);
  }
}

/** Warns that an error left a test file without a record. */
export function warnUnrecorded(error: unknown): void {
  swallowed('recording', error, 'recording a test file; it leaves no record');
  warnOnce(
    `a test file could not be recorded (${messageOf(error)}); its tests run, and it is selected again next time.`,
  );
}
