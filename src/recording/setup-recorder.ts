import { storedInput } from '../transform/input-values';
import type { AwaitedSetups, RunFile } from '../run/run-file';
import type { Dependency } from '../records/types';
import { followChildren } from '../interception/children/children';
import { now } from '../interception/files/self-writes';
import { unobserved } from '../interception/observer';
import { HookRecorder } from './hook-recorder';
import { toolInputs } from './inputs/tool-inputs';
import { SetupCode, SetupServers } from './setup-servers';
import { WorkerRun } from './worker-run';

/** Kept per process: one module starts the recorder and another asks it, and Jest passes nothing between them. */
let watching: SetupRecorder | null = null;

/** Starts to note what the user's global setups do to the files of the project, until the next setups are watched. */
export function watchGlobalSetup({ run, setups }: AwaitedSetups): void {
  watching?.stop();
  watching = new SetupRecorder(run, setups);
}

/**
 * What the global setups, and the programs that they started, read in the project. Examples: modules loaded by a name
 * made at run time, migrations, the sources of a build, the script of a server. Tests see the results, not always as
 * files. So these inputs count for all tests.
 */
export function globalSetupInputs(): Dependency[] {
  return watching?.finish() ?? [];
}

/** What servers that the setups left running have read since, in this process or another. This counts for all tests. */
export function servedInputs(): readonly Dependency[] {
  return watching?.served() ?? [];
}

/** What watches the code and the servers of the setups while tests run. */
interface After {
  code: SetupCode;
  /** When the setups returned, from `now`. */
  since: number;
  /** What was found until then. */
  known: ReadonlySet<Dependency>;
  servers: SetupServers;
  readChildren: () => void;
  values: WorkerRun;
}

class SetupRecorder extends HookRecorder {
  readonly #run: RunFile;
  readonly #setups: readonly string[];
  /** What goes on after the setups have returned. Null until then. */
  #after: After | null = null;

  /** @param setups Absolute paths. */
  constructor(run: RunFile, setups: readonly string[]) {
    super(run, setups);
    this.#run = run;
    this.#setups = setups;
  }

  /** The setups have returned. From now on, what their code and their servers do counts. */
  override finish(): Dependency[] {
    const code = unobserved(
      () => new SetupCode(this.#setups[0] ?? '', this.closure, this.loadedBefore),
    );
    const readChildren = followChildren(() => code.caller !== undefined);
    const found = this.finishWith(readChildren);
    const { places, selfWrites } = this;
    this.#after = {
      code,
      since: now(),
      known: new Set(this.found.dependencies.values()),
      servers: new SetupServers(places, selfWrites, code, (dependency) => this.depend(dependency)),
      readChildren,
      values: new WorkerRun(this.#run, 'setup'),
    };
    return found;
  }

  served(): Dependency[] {
    const after = this.#after;
    if (after === null) return [];
    const { root } = this.#run;
    return unobserved(() => {
      after.readChildren();
      this.replay.finish();
      after.servers.finish();
      for (const input of toolInputs.inputs([after.code.name])) {
        const dependency = after.values.transformInput(storedInput(root, input));
        if (dependency !== null) this.depend(dependency);
      }
      return [...this.found.dependencies.values()].filter(
        (found) => !after.known.has(found) && this.counts(found, after.since),
      );
    });
  }

  stop(): void {
    if (this.#after === null) this.finish();
    this.#after?.servers.stop();
  }
}
