import { stamp } from './observation';
import { unwatched } from '../observer';

/** Whether a file is still as the stamp of an observation says. */
export function isStill(file: string, value: string): boolean {
  try {
    return stamp(unwatched.statSync(file, { bigint: true })) === value;
  } catch {
    // The file has gone.
    return false;
  }
}
