import { fromStored } from '../dependencies/files/paths';
import { statsOf } from '../dependencies/files/stats';
import { unobserved } from '../interception/observer';
import type { Dependency } from '../records/types';
import type { AwaitedTeardowns } from '../run/run-file';
import { HookRecorder } from './hook-recorder';

/**
 * Starts to note what a global teardown, and the programs that it starts, read in the project. A change of that can fail
 * the run. Examples: a script that stops a server, a list of what is to be removed.
 * @returns A function that stops it, and returns the dependencies.
 */
export function watchTeardown({ run, ofToolChain, began }: AwaitedTeardowns): () => Dependency[] {
  const recorder = new HookRecorder(run, ofToolChain);
  return () => {
    const found = recorder.finish();
    return unobserved(() => found.filter((one) => !isOfRun(one, run.root, began)));
  };
}

/**
 * Whether the run itself made what the teardown found, such as the file in which the setup left a port. The next run
 * begins without it, and makes its own.
 */
function isOfRun({ kind, name }: Dependency, root: string, began: number): boolean {
  if (kind !== 'file' && kind !== 'present' && kind !== 'listing') return false;
  const stats = statsOf(fromStored(root, name));
  if (stats === undefined) return true;
  const { birthtimeMs, mtimeMs, ctimeMs } = stats;
  // A folder is there before, however the run changes it.
  return (kind === 'present' ? birthtimeMs : Math.max(mtimeMs, ctimeMs)) >= began;
}
