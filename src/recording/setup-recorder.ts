import {
  fromStored,
  isWithin,
  PathClassifier,
  realPath,
  toStored,
} from '../dependencies/files/paths';
import { importClosure } from '../dependencies/resolution/imports';
import type { AwaitedSetups, RunFile } from '../run/run-file';
import type { Dependency } from '../records/types';
import { collectChildren, watchChildren } from '../interception/children/children';
import { Accumulator } from './accumulator';
import { observe, stopObserving, unobserved } from '../interception/observer';
import { now } from '../interception/files/self-writes';
import { PathInputs } from './inputs/path-inputs';
import { Replay } from './inputs/replay';
import type { Sink } from '../interception/sink';

/** Of the process: one module starts to watch and another asks, and Jest hands nothing from one to the other. */
let watching: SetupRecorder | null = null;

/** Starts to note what the global setups of the user do to the files of the project, until `globalSetupInputs`. */
export function watchGlobalSetup({ run, setups }: AwaitedSetups): void {
  watching?.finish();
  watching = new SetupRecorder(run, setups);
}

/**
 * What the global setups found in the files of the project, themselves or in the programs that they started: modules
 * that they loaded by a name made at run time, migrations, the sources of a build, the script of a server. Tests see
 * what came of it, and not always as files, so it counts for all of them.
 */
export function globalSetupInputs(): Dependency[] {
  const found = watching?.finish() ?? [];
  watching = null;
  return found;
}

class SetupRecorder extends PathInputs implements Sink {
  readonly seesLoading = true;
  // Jest loads nothing for a test yet.
  readonly loaded = (): void => undefined;
  readonly resolved = (): void => undefined;
  readonly identified = (): void => undefined;
  readonly unresolved = (): void => undefined;
  readonly named = (): void => undefined;
  readonly soughtMock = (): void => undefined;

  readonly #paths: PathClassifier;
  readonly #found = new Accumulator();
  readonly #replay: Replay;
  /** The setups with what they import: these belong to the tool chain of the projects whose they are. */
  readonly #ofToolChain: ReadonlySet<string>;
  readonly #loadedBefore = new Set(Object.keys(require.cache));

  constructor({ root, excluded, ignore }: RunFile, setups: readonly string[]) {
    const paths = new PathClassifier({ root, excluded, ignore });
    const places = {
      paths,
      // None counts, so nothing is read of it.
      packageDependency: (name: string): Dependency => ({
        kind: 'package',
        name,
        value: 'installed',
      }),
    };
    super(places);
    this.#paths = paths;
    this.#ofToolChain = new Set(
      importClosure(setups).map((file) => toStored(root, realPath(file))),
    );
    this.#replay = new Replay(places, this.selfWrites, this.#found);
    watchChildren({
      ...paths.surroundings,
      // A build or a server may take long without that.
      reportsScripts: false,
      loaded: (file) => this.read(file),
      missed: (name) => this.#replay.take({ at: now(), what: 'missed', name, value: '' }),
      observed: (observation) => {
        if (observation.what !== 'variable') this.#replay.take(observation);
      },
    });
    observe(this);
  }

  // What lies elsewhere can be large, a downloaded database server say, and does not count in the end.
  override read(file: string, isContent?: boolean): void {
    if (this.#isOfRepository(file)) super.read(file, isContent);
  }

  override listed(folder: string): void {
    if (this.#isOfRepository(folder)) super.listed(folder);
  }

  protected depend(dependency: Dependency): void {
    this.#found.depend(dependency);
  }

  finish(): Dependency[] {
    stopObserving(this);
    return unobserved(() => {
      collectChildren();
      this.#replay.finish();
      this.settle();
      for (const file of Object.keys(require.cache))
        if (!this.#loadedBefore.has(file)) this.read(file);
      return [...this.#found.dependencies.values()].filter((found) => this.#counts(found));
    });
  }

  /**
   * Installed packages belong to the tool chain where the setup names them. What the setup itself makes or changes is
   * no input, and neither is what its programs keep outside of the repository.
   */
  #counts({ kind, name }: Dependency): boolean {
    if (kind === 'package' || (kind === 'file' && this.#ofToolChain.has(name))) return false;
    const file = fromStored(this.#paths.root, name);
    return (
      this.#isOfRepository(file) &&
      this.selfWrites.before(file) === undefined &&
      (kind !== 'listing' || this.selfWrites.namesIn(file).size === 0)
    );
  }

  #isOfRepository(file: string): boolean {
    return isWithin(this.#paths.surroundings.workspace, file);
  }
}
