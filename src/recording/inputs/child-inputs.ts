import { allBlocks, executedBlocks } from '../../blocks/node-file';
import { ChildModules } from '../../interception/children/child-modules';
import type { Ran } from '../../interception/children/child-reports';
import { watchChildren } from '../../interception/children/children';
import type { Observation } from '../../interception/children/observation';
import { unwatched } from '../../interception/observer';
import { now } from '../../interception/files/self-writes';
import type { VariableListener } from '../../interception/variables/variables';
import type { Accumulator } from '../accumulator';
import { fileDependency } from '../../interception/files/file-values';
import { listingValue } from '../../dependencies/files/listing';
import type { PathInputs } from './path-inputs';
import { Replay } from './replay';
import type { WorkerRun } from '../worker-run';

/** Receives what children did as if the test file had done it itself. */
type Recording = PathInputs & VariableListener;

/** Makes dependencies of what the child processes and worker threads of a test file did. */
export class ChildInputs {
  readonly #run: WorkerRun;
  readonly #recording: Recording;
  readonly #shared: Accumulator;
  readonly #startedAt: number;
  readonly #replay: Replay;
  readonly #modules: ChildModules;
  /** Folders that programs were named: their entries count as the programs left them. */
  readonly #folders = new Set<string>();

  /**
   * @param shared What all tests of the file share. It is unknown which test a child worked for.
   * @param startedAt When the recording began, in milliseconds since the epoch.
   */
  constructor(run: WorkerRun, recording: Recording, shared: Accumulator, startedAt: number) {
    this.#run = run;
    this.#recording = recording;
    this.#shared = shared;
    this.#startedAt = startedAt;
    this.#replay = new Replay(run, recording.selfWrites, shared);
    this.#modules = new ChildModules(
      recording,
      (file) => run.paths.place(file).kind === 'file',
      run.childSources,
    );
  }

  /** Starts to watch for children. */
  watch(): void {
    watchChildren({
      ...this.#run.paths.surroundings,
      reportsScripts: true,
      loaded: (file) => {
        this.#recording.read(file);
        this.#modules.loaded(file);
      },
      ran: (file, how, at) => {
        this.#ran(file, how, at);
        this.#modules.governed(file);
        this.#modules.loaded(file);
      },
      missed: (name) => this.#replay.take({ at: now(), what: 'missed', name, value: '' }),
      listed: (folder) => this.#folders.add(folder),
      mayRead: (folder) => this.#recording.mayRead(folder),
      observed: (observation) => this.#observed(observation),
    });
  }

  /** Call it when all children have been collected. */
  finish(): void {
    this.#replay.finish();
    for (const folder of this.#folders) {
      const input = this.#recording.input(folder);
      if (input === null) continue;
      const value = listingValue(input.file, unwatched.readdirSync);
      this.#shared.depend({ kind: 'listing', name: input.name, value });
    }
  }

  #observed(observation: Observation): void {
    const { what, name, value } = observation;
    if (what === 'read') this.#modules.governed(name);
    if (what === 'evaluated') this.#modules.evaluated(name, value);
    else if (what !== 'variable') this.#replay.take(observation);
    else if (name === '') this.#recording.askedForNames();
    else this.#recording.asked(name);
  }

  /**
   * A child ran a file.
   * @param at When the child was observed to load it.
   */
  #ran(given: string, how: Ran, at: number): void {
    const input = this.#recording.input(given, at);
    if (input === null) return;
    const { name, file } = input;
    if (how === 'changed') {
      this.#shared.depend({ kind: 'file', name, value: 'written meanwhile' });
      return;
    }
    // V8's counts refer to the text that the file had then.
    const isKnown = how !== 'text' && !wasWrittenSince(file, this.#startedAt);
    const script = isKnown ? this.#run.nodeFile(name) : null;
    if (script !== null && how !== 'text') {
      const executed = how === 'all' ? allBlocks(script.file) : executedBlocks(script.file, how);
      if (executed !== null) {
        this.#shared.drain(script.metadata, executed);
        return;
      }
    }
    this.#shared.depend(fileDependency(name, file));
  }
}

/** Whether a file changed after a time. Then it may not be the file that the children ran. */
function wasWrittenSince(file: string, time: number): boolean {
  const stats = unwatched.statSync(file, { throwIfNoEntry: false });
  return stats === undefined || stats.ctimeMs > time;
}
