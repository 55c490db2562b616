import { stamp } from './observation';
import { unwatched } from '../observer';

/** Whether a file still has the stamp of an observation. */
export function isStill(file: string, value: string): boolean {
  try {
    return stamp(unwatched.statSync(file, { bigint: true })) === value;
  } catch {
    // The file is gone.
    return false;
  }
}
