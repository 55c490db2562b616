import type { AwaitedSetups } from '../run/run-file';
import type { Dependency } from '../records/types';
import { HookRecorder } from './hook-recorder';

/** Kept per process: one module starts the recorder and another asks it, and Jest passes nothing between them. */
let watching: HookRecorder | null = null;

/** Starts to note what the user's global setups do to the files of the project, until `globalSetupInputs`. */
export function watchGlobalSetup({ run, setups }: AwaitedSetups): void {
  watching?.finish();
  watching = new HookRecorder(run, setups);
}

/**
 * What the global setups, and the programs that they started, read in the project. Examples: modules loaded by a name
 * made at run time, migrations, the sources of a build, the script of a server. Tests see the results, not always as
 * files. So these inputs count for all tests.
 */
export function globalSetupInputs(): Dependency[] {
  const found = watching?.finish() ?? [];
  watching = null;
  return found;
}
