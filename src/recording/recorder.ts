import { fromStored, toStored } from '../dependencies/files/paths';
import { variableValue } from '../dependencies/variables';
import { outerVariable } from '../run/outer-variables';
import { collectChildren } from '../interception/children/children';
import { observe, stopObserving, unobserved } from '../interception/observer';
import { NOBODY, type LookupDetails, type Sink } from '../interception/sink';
import type { VariableListener } from '../interception/variables/variables';
import type { ToolChain } from '../transform/tool-chain-id';
import type { TestIdentity } from '../records/test-identity';
import type { CountedScripts } from '../records/coverage';
import type { Dependency, TestOutcome } from '../records/types';
import { Accumulator } from './accumulator';
import { ChildInputs } from './inputs/child-inputs';
import { CompiledInputs } from './inputs/compiled-inputs';
import type { JournalWriter, RecordedFile } from './journal-writer';
import { docblockInputs } from './inputs/docblock-inputs';
import { ModuleInputs, type ModuleContext } from './inputs/module-inputs';
import { fileDependency, presenceDependency } from '../interception/files/file-values';
import { ObservedTools, type ToolsAtWork } from './inputs/observed-tools';
import { PathInputs } from './inputs/path-inputs';
import { toolInputs } from './inputs/tool-inputs';
import { coverageOf } from './coverage/coverage-reader';
import { ProbeReader } from './probe-reader';
import { TestFootprints, type SkippedTest } from './tests/test-footprints';
import type { WorkerRun } from './worker-run';

/** What identifies a test file in its run. */
export interface RecordedTestFile extends ModuleContext, ToolsAtWork {
  environmentId: number;
  /** As parsed by `jest-docblock`. */
  pragmas: Record<string, string | string[]>;
  /** The tool chain that reads variables in its project. */
  toolChain: ToolChain;
  /** Whether its modules have counters for a coverage report. */
  isCovered: boolean;
}

/**
 * Records one run of one test file, from the first setup file to the teardown of its environment:
 * - `TestFootprints` divides the observations among the tests,
 * - `ProbeReader` knows which blocks were executed,
 * - `PathInputs` (the base class) observes the file system,
 * - `ModuleInputs` observes which modules Jest resolved and loaded, `CompiledInputs` what they were compiled from,
 * - `ChildInputs` observes child processes and worker threads.
 */
export class Recorder extends PathInputs implements Sink, VariableListener {
  readonly #run: WorkerRun;
  readonly #journal: JournalWriter;
  readonly #target: RecordedTestFile;
  /** Stored path of the test file. */
  readonly #name: string;
  readonly #startedAt = Date.now();

  readonly #shared = new Accumulator();
  readonly #probes: ProbeReader;
  /** The global object of the test environment. */
  readonly #global: object;
  readonly #tests: TestFootprints;
  readonly #modules: ModuleInputs;
  readonly #compiled: CompiledInputs;
  readonly #children: ChildInputs;
  readonly #observedTools: ObservedTools;
  readonly #whilePaused: Sink = {
    ...NOBODY,
    loaded: (file) => this.#modules.loadedByJest(file),
    resolved: (from, specifier, found) => this.#modules.exportUses.note(from, specifier, found),
  };

  #isLimited = false;
  /** What V8 counted. Null if unknown. */
  scripts: CountedScripts | null = null;
  #isFinished = false;
  /** What is written after the environment is torn down. */
  #unwritten: { result: RecordedFile; snapshot: string | null } | null = null;
  #isPaused = false;

  /** @param global The global object of the test environment, where probes keep their bytes. */
  constructor(run: WorkerRun, journal: JournalWriter, target: RecordedTestFile, global: object) {
    super(run);
    this.#run = run;
    this.#journal = journal;
    this.#target = target;
    this.#global = global;
    this.#name = toStored(run.file.root, target.file);
    this.#probes = new ProbeReader(global, (metadata) => run.probed(metadata).name);
    this.#compiled = new CompiledInputs(run, this.#shared, (file) => this.read(file));
    this.#modules = new ModuleInputs(run, target, this.#shared, this.#compiled, (dependency) =>
      this.depend(dependency),
    );
    this.#tests = new TestFootprints(this.#shared, this.#probes, this.#modules.loadedNames);
    this.#children = new ChildInputs(run, this, this.#shared, this.#startedAt);
    for (const input of docblockInputs(this.#name, target)) this.#shared.depend(input);
    for (const input of run.file.setupInputs) this.#shared.depend(input);
    journal.start(target.environmentId, this.#name, this.#startedAt);
    this.#children.watch();
    this.#observedTools = new ObservedTools(target, run.file.root, this.#name);
    observe(this);
  }

  // --- what the observer reports; see `Sink` ---

  override read(file: string, isContent?: boolean): void {
    this.#observedTools.byCaller((tool) => {
      if (tool !== undefined && isContent === true) toolInputs.outputs.read(tool, file);
      super.read(file, isContent);
    });
  }

  override looked(file: string, seesPermissions?: boolean): void {
    this.#observedTools.byCaller(() => super.looked(file, seesPermissions));
  }

  override followed(file: string): void {
    this.#observedTools.byCaller(() => super.followed(file));
  }

  override listed(folder: string): void {
    this.#observedTools.byCaller(() => super.listed(folder));
  }

  override wrote(file: string): void {
    this.#observedTools.byCaller((tool) => {
      if (tool !== undefined) toolInputs.outputs.wrote(tool, file);
      super.wrote(file);
    });
  }

  override changes(file: string): void {
    this.#observedTools.byCaller((tool) => {
      if (tool !== undefined) toolInputs.outputs.wrote(tool, file);
      super.changes(file);
    });
  }

  override makes(folder: string): void {
    this.#observedTools.byCaller((tool) => {
      if (tool !== undefined) toolInputs.outputs.made(tool, folder);
      super.makes(folder);
    });
  }

  loaded(file: string, content: string | Buffer): void {
    this.#modules.loaded(file, content);
  }

  resolved(from: string, specifier: string, found: string, details?: LookupDetails): void {
    this.#modules.resolved(from, specifier, found, details);
  }

  unresolved(from: string, specifier: string, details?: LookupDetails): void {
    this.#modules.unresolved(from, specifier, details);
  }

  identified(parts: readonly string[], resolve: (to: Sink) => void): void {
    this.#modules.identified(parts, resolve);
  }

  named(name: string, needsMock?: boolean): void {
    this.#modules.named(name, needsMock);
  }

  soughtMock(file: string): void {
    this.#modules.soughtMock(file);
    const input = this.input(file);
    if (input !== null) this.#shared.depend(presenceDependency(input.name, input.file));
  }

  /** Code asked for the names of all environment variables. */
  askedForNames(): boolean {
    if (this.#isPaused) return false;
    this.#shared.depend({ kind: 'variable', name: '', value: this.#run.file.variableNames });
    return true;
  }

  /**
   * Code read an environment variable.
   * @returns False while paused, so that the next read is reported too.
   */
  asked(variable: string): boolean {
    if (this.#isPaused) return false;
    // A variable is reported only once in a test file, so it counts for all tests.
    if (!this.#run.ignoresVariable(variable))
      this.#shared.depend({
        kind: 'variable',
        name: variable,
        value: this.#variableValue(variable),
      });
    return true;
  }

  /**
   * Code converted a function to text. The blocks in that text count as executed.
   * @param blocks The result of `blocksIn`.
   */
  shown(blocks: readonly [stem: string, block: number][]): void {
    // The text of a whole module also shows declarations that no block refers to.
    for (const name of this.#probes.markShown(blocks))
      this.depend(fileDependency(name, fromStored(this.#run.file.root, name)));
  }

  /** Until `resume`, what happens does not count for the test. */
  pause(): void {
    stopObserving(this);
    this.#isPaused = true;
    observe(this.#whilePaused);
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    stopObserving(this.#whilePaused);
    observe(this);
  }

  // --- what Jest's events report ---

  testStarted(test: TestIdentity, isConcurrent: boolean): void {
    this.#tests.start(test, isConcurrent);
  }

  /** @param duration Milliseconds. */
  testEnded(test: TestIdentity, outcome: TestOutcome, duration: number): void {
    this.#tests.end(test, outcome, duration);
  }

  /** A test is skipped as unaffected. @param shared What all tests of its record depend on. */
  testSkipped(test: SkippedTest, shared: Accumulator): void {
    this.#tests.skip(test, shared);
  }

  /** Something other than the source kept tests from running, so the record does not cover the whole test file. */
  limit(): void {
    this.#isLimited = true;
  }

  /**
   * Ends the recording of the tests, while their global object still exists. What the environment reads and what
   * children do counts until `write`.
   * @param outcome The outcome of the whole test file.
   * @param snapshot Absolute path of the test file's snapshot. Null if it has no single path.
   */
  finish(outcome: 'passed' | 'failed', snapshot: string | null): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    unobserved(() => {
      this.#tests.close();
      this.#addModules(snapshot);
      this.#unwritten = { result: this.#result(outcome), snapshot };
    });
  }

  /**
   * Appends the recording to the worker's journal.
   * @param hasFailed Whether the test file failed after the recording of its tests ended.
   */
  write(hasFailed: boolean): void {
    if (this.#unwritten === null) return;
    const { result, snapshot } = this.#unwritten;
    this.#unwritten = null;
    this.#stop();
    unobserved(() => {
      collectChildren();
      this.#children.finish();
      this.#addTools();
      if (snapshot !== null) this.#addSnapshot(snapshot);
      this.settle();
      this.#journal.end(hasFailed ? { ...result, outcome: 'failed' } : result);
    });
  }

  /** Ends the recording and writes nothing. */
  abandon(): void {
    if (this.#isFinished && this.#unwritten === null) return;
    this.#isFinished = true;
    this.#unwritten = null;
    this.#stop();
    unobserved(collectChildren);
  }

  /**
   * From now on, what a tool reads belongs to the tool, which may keep it for later test files.
   * @param tool Absolute path.
   * @returns A function that ends this.
   */
  watchTool(tool: string): () => void {
    return this.#observedTools.watch(tool, this.#shared);
  }

  #addTools(): void {
    for (const input of this.#observedTools.inputs()) this.#shared.depend(input);
    this.#compiled.addAll(toolInputs.inputs(this.#target.tools));
  }

  #stop(): void {
    this.#observedTools.stop();
    stopObserving(this);
    stopObserving(this.#whilePaused);
  }

  #addModules(snapshot: string | null): void {
    const { metadata } = this.#probes;
    this.#compiled.addProbed(metadata, this.#target.toolChain);
    // Whichever test uses an export, the module that names it was loaded for all tests.
    this.#modules.exportUses.find(
      this.#probes.files,
      (one) => this.#tests.executed(one),
      (file, blocks) => this.#shared.addBlocks(file.metadata, file.probes.length, blocks),
    );
    this.#tests.addTestLists((one) => this.#run.probed(one).links?.tests ?? []);
    this.#modules.finish(new Set(metadata.map(this.#probes.nameOf)), snapshot);
  }

  /** Jest looks for the snapshot before it writes one. What counts is the snapshot after the run. */
  #addSnapshot(snapshot: string): void {
    const place = this.#run.paths.place(snapshot);
    if (place.kind !== 'file') return;
    this.#tests.forget(place.name);
    this.#shared.depend(fileDependency(place.name, snapshot));
  }

  #result(outcome: 'passed' | 'failed'): RecordedFile {
    const tests = this.#tests.results();
    return {
      environmentId: this.#target.environmentId,
      path: this.#name,
      at: this.#startedAt,
      outcome,
      complete: !this.#isLimited,
      duration: Date.now() - this.#startedAt + this.#tests.skippedDuration,
      shared: this.#shared,
      tests,
      coverage: this.#target.isCovered ? coverageOf(this.#global, this.#probes, this.#run) : null,
      scripts: this.scripts,
      skippedUnaffected: this.#tests.skipped,
    };
  }

  /** A variable that the global setup or another tool changed counts with its earlier value. */
  #variableValue(variable: string): string {
    const { setupVariables } = this.#run.file;
    const before = Object.hasOwn(setupVariables, variable) ? setupVariables[variable] : undefined;
    return before ?? variableValue(variable, outerVariable(variable));
  }

  protected depend(dependency: Dependency): void {
    if (!this.#observedTools.take(dependency)) this.#tests.current.depend(dependency);
  }
}
