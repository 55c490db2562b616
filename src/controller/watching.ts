import type { Config } from '@jest/types';
import { isPlugPoint } from '../config/plug-points';
import { count, some } from '../terminal/logger';
import { session } from './session';

/**
 * Keys for our watch plug-in. The first one is used neither by Jest nor by any published watch plug-in that we know
 * of.
 */
const KEYS = ['e', 'E', 'y'];

/** Jest's function for a plug-in whose key was pressed. It merges the given keys into its config and runs. */
export type RunAgain = (config: { mode: 'watch' | 'watchAll' }) => void;

/** The state and behaviour of our watch plug-in. */
export class Watching {
  readonly #key: string | null;
  #registered = false;
  #changedMeanwhile = false;

  /** @param key From the user's config. Anything but one character is ignored. */
  constructor(key: unknown) {
    this.#key = typeof key === 'string' && key.length === 1 ? key : null;
  }

  /**
   * Returns the key and its description.
   *
   * Jest's first call checks for collisions between plug-ins, and refuses to watch if there is one. Ours claims no
   * key then, so that another plug-in with the same key gets it.
   */
  usage(globalConfig: Config.GlobalConfig): { key: string; prompt: string } | null {
    const key = this.#key ?? freeKey(globalConfig);
    if (!this.#registered) {
      this.#registered = true;
      if (process.stdin.isTTY) session().watchKey = key;
      return null;
    }
    const { lastSelection } = session();
    const affected =
      lastSelection === null
        ? ''
        : ` (${lastSelection.affected.length} of ${count(lastSelection.total, 'test file')} affected last time${some(lastSelection.affected).replace(/^ \((.*)\)$/, ': $1')})`;
    return {
      key,
      prompt: `run everything once, affected or not${affected}`,
    };
  }

  /** Notes that files have changed. Jest starts a run for that, but not while one is running. */
  filesChanged(): void {
    if (session().running) this.#changedMeanwhile = true;
  }

  runCompleted(): void {
    session().running = false;
    if (!this.#changedMeanwhile) return;
    this.#changedMeanwhile = false;
    session().logger?.info(
      'files changed while the tests ran; press Enter to run what that affects.',
    );
  }

  /** Starts one run of all test files without selection, not only of those that changed in source control. */
  runEverything({ watch }: Config.GlobalConfig, runAgain: RunAgain): boolean {
    session().everythingOnce = true;
    runAgain({ mode: 'watchAll' });
    // While a run is starting, Jest starts no other. So this only resets the mode for later runs.
    if (watch) runAgain({ mode: 'watch' });
    return false;
  }
}

/** Returns the first of our keys that no other plug-in of the config uses. */
function freeKey({ watchPlugins }: Config.GlobalConfig): string {
  const taken = (watchPlugins ?? [])
    .filter(({ path }) => !isPlugPoint(path))
    .map(({ config }) => config['key']);
  return KEYS.find((key) => !taken.includes(key)) ?? 'e';
}
