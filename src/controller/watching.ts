import type { Config } from '@jest/types';
import { isPlugPoint } from '../config/plug-points';
import { count, some } from '../terminal/logger';
import { session } from './session';

/** Neither Jest nor a published watch plug-in that we know of takes the first. */
const KEYS = ['e', 'E', 'y'];

/** What Jest hands to a plug-in whose key was pressed: it merges the given keys into its config and runs. */
export type RunAgain = (config: { mode: 'watch' | 'watchAll' }) => void;

/** What our watch plug-in knows and does while Jest watches. */
export class Watching {
  readonly #key: string | null;
  #registered = false;
  #changedMeanwhile = false;

  /** @param key As the user's config gives it; anything but one character counts as not given. */
  constructor(key: unknown) {
    this.#key = typeof key === 'string' && key.length === 1 ? key : null;
  }

  /**
   * The key and what it does. Jest asks for the first time to see whether plug-ins collide, and refuses to watch where
   * they do. Ours is a guest: it claims no key then, and another plug-in that has the same one gets it.
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

  /** Jest starts a run for a change, but not while one is under way. */
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

  /** One run without selection, of all test files and not only of what source control calls changed. */
  runEverything({ watch }: Config.GlobalConfig, runAgain: RunAgain): boolean {
    session().everythingOnce = true;
    runAgain({ mode: 'watchAll' });
    // Jest starts nothing while a run is under way, so this only takes the mode back for the runs to come.
    if (watch) runAgain({ mode: 'watch' });
    return false;
  }
}

/** The first of our keys that no other plug-in was given in the config. */
function freeKey({ watchPlugins }: Config.GlobalConfig): string {
  const taken = (watchPlugins ?? [])
    .filter(({ path }) => !isPlugPoint(path))
    .map(({ config }) => config['key']);
  return KEYS.find((key) => !taken.includes(key)) ?? 'e';
}
