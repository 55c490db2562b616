import { observeBehind } from '../interception/observer';
import type { Dependency } from '../records/types';
import type { RunFile } from '../run/run-file';
import { FileSink } from './inputs/file-sink';
import { ToolCode } from './inputs/tool-code';
import { noteWorkOf, toolInputs, watchToolLoads } from './inputs/tool-inputs';
import { storedInput } from '../transform/input-values';
import { WorkerRun } from './worker-run';

/**
 * Notes what the project's own runners (Jest's `runner`) read in Jest's main process, until the run ends. A runner
 * may read its config only when it gets the first test files. It is unknown which results that shaped, so it counts
 * for all.
 * @param runners Absolute paths.
 * @returns A function that tells what a runner read.
 */
export function watchRunners(
  run: RunFile,
  runners: readonly string[],
): ((runner: string) => Dependency[]) | null {
  const code = ToolCode.of(runners);
  if (code === null) return null;
  watching?.stop();
  const recorder = new RunnerRecorder(run, code);
  watching = recorder;
  return (runner) => recorder.inputs(runner);
}

/** The recorder of the previous run, in watch mode. */
let watching: RunnerRecorder | null = null;

class RunnerRecorder extends FileSink {
  readonly #run: WorkerRun;
  readonly #code: ToolCode;
  readonly #unwatch: () => void;
  #tool: string | undefined;

  constructor(run: RunFile, code: ToolCode) {
    const places = new WorkerRun(run, 'runner');
    super(places);
    this.#run = places;
    this.#code = code;
    watchToolLoads();
    this.#unwatch = noteWorkOf(() => code.caller);
    observeBehind(this);
  }

  override read(file: string, isContent?: boolean): void {
    this.#byRunner(() => super.read(file, isContent));
  }

  override looked(file: string, seesPermissions?: boolean): void {
    this.#byRunner(() => super.looked(file, seesPermissions));
  }

  override followed(file: string): void {
    this.#byRunner(() => super.followed(file));
  }

  override listed(folder: string): void {
    this.#byRunner(() => super.listed(folder));
  }

  /** Everything that a runner read in this process, including while a test file was recorded. */
  inputs(runner: string): Dependency[] {
    const { root } = this.#run.file;
    const known = toolInputs.inputs([runner]);
    return [
      ...toolInputs.recorded([runner]),
      ...known.flatMap((input) => this.#run.transformInput(storedInput(root, input)) ?? []),
    ];
  }

  /** Call it before another recorder takes over. */
  stop(): void {
    this.#unwatch();
  }

  protected depend(dependency: Dependency): void {
    if (this.#tool !== undefined) toolInputs.noteRecorded(this.#tool, dependency);
  }

  #byRunner(report: () => void): void {
    this.#tool = this.#code.caller;
    if (this.#tool !== undefined) report();
    this.#tool = undefined;
  }
}
