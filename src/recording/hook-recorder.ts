import {
  fromStored,
  isWithin,
  PathClassifier,
  realPath,
  toStored,
} from '../dependencies/files/paths';
import { importClosure } from '../dependencies/resolution/imports';
import type { RunFile } from '../run/run-file';
import type { Dependency } from '../records/types';
import { collectChildren, watchChildren } from '../interception/children/children';
import { Accumulator } from './accumulator';
import { observe, stopObserving, unobserved } from '../interception/observer';
import { now } from '../interception/files/self-writes';
import { FileSink } from './inputs/file-sink';
import type { Places } from './inputs/path-inputs';
import { Replay } from './inputs/replay';

/**
 * Notes what a function that Jest calls once per run, in its main process, does to the files of the project: a global
 * setup or teardown.
 */
export class HookRecorder extends FileSink {
  readonly seesLoading = true;

  protected readonly places: Places;
  protected readonly found = new Accumulator();
  protected readonly replay: Replay;
  /** The hooks and what they import, as absolute paths. */
  protected readonly closure: readonly string[];
  /** The modules that this process had loaded before. */
  protected readonly loadedBefore: ReadonlySet<string> = new Set(Object.keys(require.cache));
  readonly #paths: PathClassifier;
  /** The closure as stored paths. It belongs to the tool chain of its projects. */
  readonly #ofToolChain: ReadonlySet<string>;

  /** @param hooks Absolute paths of the modules that belong to the tool chain. */
  constructor({ root, excluded, ignore }: RunFile, hooks: readonly string[]) {
    const paths = new PathClassifier({ root, excluded, ignore });
    const places = {
      paths,
      // Packages do not count here, so nothing is read of them.
      packageDependency: (name: string): Dependency => ({
        kind: 'package',
        name,
        value: 'installed',
      }),
    };
    super(places);
    this.places = places;
    this.#paths = paths;
    this.closure = importClosure(hooks);
    this.#ofToolChain = new Set(this.closure.map((file) => toStored(root, realPath(file))));
    this.replay = new Replay(places, this.selfWrites, this.found);
    watchChildren({
      ...paths.surroundings,
      // Reporting scripts would slow down a build or a server.
      reportsScripts: false,
      loaded: (file) => this.read(file),
      missed: (name) => this.replay.take({ at: now(), what: 'missed', name, value: '' }),
      mayRead: (_folder, entries) => this.#bundles(entries),
      observed: (observation) => {
        if (observation.what !== 'variable') this.replay.take(observation);
      },
    });
    observe(this);
  }

  // Files elsewhere do not count in the end, and can be large. Example: a downloaded database server.
  override read(file: string, isContent?: boolean): void {
    if (this.#isOfRepository(file)) super.read(file, isContent);
  }

  override listed(folder: string): void {
    if (this.#isOfRepository(folder)) super.listed(folder);
  }

  protected depend(dependency: Dependency): void {
    this.found.depend(dependency);
  }

  /** A bundler follows the imports by itself. All that is below the folder would select all tests at any change. */
  #bundles(entries: readonly string[]): void {
    for (const file of importClosure(entries)) this.read(file);
  }

  /** Stops to observe. @returns What the hook read. */
  finish(): Dependency[] {
    return this.finishWith(collectChildren);
  }

  /** @param collect Reports what children did. */
  protected finishWith(collect: () => void): Dependency[] {
    stopObserving(this);
    return unobserved(() => {
      collect();
      this.replay.finish();
      this.settle();
      for (const file of Object.keys(require.cache))
        if (!this.loadedBefore.has(file)) this.read(file);
      return [...this.found.dependencies.values()].filter((found) => this.counts(found));
    });
  }

  /**
   * Installed packages belong to the tool chain if the hook names them. What the hook itself makes or changes is
   * not an input. Neither is what its programs keep outside of the repository.
   * @param until Only what was made or changed up to then is left out, from `now`.
   */
  protected counts({ kind, name }: Dependency, until?: number): boolean {
    if (kind === 'variable') return true;
    if (kind === 'package' || (kind === 'file' && this.#ofToolChain.has(name))) return false;
    const file = fromStored(this.#paths.root, name);
    return (
      this.#isOfRepository(file) &&
      this.selfWrites.before(file, until) === undefined &&
      (kind !== 'listing' || this.selfWrites.namesIn(file, until).size === 0)
    );
  }

  #isOfRepository(file: string): boolean {
    return isWithin(this.#paths.surroundings.workspace, file);
  }
}
