import path from 'node:path';
import { allBlocks, executedBlocks } from '../blocks/node-file';
import { stemFor } from '../blocks/prelude';
import { contentHash } from '../dependencies/files/content';
import { importClosure, mentionedFiles } from '../dependencies/resolution/imports';
import { fromStored, realPath, toStored } from '../dependencies/files/paths';
import { installedName, packageName } from '../records/package-name';
import { recordedPragmas } from '../dependencies/pragmas';
import { variableValue } from '../dependencies/variables';
import { testKey, type TestIdentity } from '../records/test-identity';
import type { Dependency, TestOutcome } from '../records/types';
import { calledForStackTrace } from '../interception/callers';
import { ChildModules } from '../interception/child-modules';
import type { Ran } from '../interception/child-reports';
import { collectChildren, watchChildren } from '../interception/children';
import { Accumulator } from './accumulator';
import type { JournalWriter, RecordedFile, RecordedTest } from './journal-writer';
import { mockName } from '../dependencies/resolution/mocks';
import { isName } from '../interception/resolver';
import { compiledNow } from '../transform/inlined-sources';
import { toolVariables, transformInputs } from '../transform/transform-inputs';
import { ModuleLookups, type ModuleLookupConfig } from './module-lookups';
import { observe, stopObserving, unobserved, unwatched } from '../interception/observer';
import { now } from '../interception/self-writes';
import { fileDependency, LOST, PathInputs, presenceDependency } from './path-inputs';
import { ProbeRegistry } from './probe-registry';
import { Replay } from './replay';
import { NOBODY, type Sink } from '../interception/sink';
import type { WorkerRun } from './worker-run';

/** A test that is skipped as unaffected, with what its record says. */
export interface SkippedTest extends RecordedTest {
  /** It was first to load modules: it counts for every test after it. */
  carries: boolean;
}

/** What names a test file in its run. */
export interface RecordedTestFile {
  /** Jest's id of its project. */
  projectId: string;
  environmentId: number;
  /** Absolute path. */
  file: string;
  /** As `jest-docblock` parsed them. */
  pragmas: Record<string, string | string[]>;
  /** Jest's, where its cache is. */
  cacheDirectory: string;
  /** Where Jest looks for modules. */
  lookups: ModuleLookupConfig & { rootDir: string };
  /** Whether it is seen which modules Jest loads from what a transformer of the project has read. */
  seesSources: boolean;
}

/** The probes of a file. */
interface NamedProbes {
  /** The file's stored path. */
  name: string;
  probes: Uint8Array;
}

/**
 * Records one run of one test file: which blocks the probes saw and which files, packages and variables were used,
 * split at test boundaries. What no test alone can own (module loading, hooks outside tests) is shared by all.
 */
export class Recorder extends PathInputs implements Sink {
  readonly #run: WorkerRun;
  readonly #journal: JournalWriter;
  readonly #target: RecordedTestFile;
  readonly #registry: ProbeRegistry;
  readonly #startedAt = Date.now();

  readonly #shared = new Accumulator();
  /** What loading modules inside a test did: it counts for every test after it. */
  readonly #carried = new Accumulator();
  readonly #tests = new Map<string, RecordedTest>();
  /** Those under way: more than one where they are concurrent. */
  readonly #open = new Map<string, Accumulator>();
  /** Files that tests executed which are skipped as unaffected: they would have been loaded by then. */
  readonly #loadedByKept = new Set<string>();
  readonly #loaded = new Map<string, string | Buffer>();
  readonly #replay: Replay;
  readonly #lookups: ModuleLookups;
  readonly #childModules: ChildModules;
  /**
   * Files that Jest read for itself while paused. It does not read those of packages again for the test file, which is
   * seen or not by chance; they belong to the tool chain, which counts for every record.
   */
  readonly #readBefore = new Set<string>();
  readonly #whilePaused: Sink = {
    ...NOBODY,
    loaded: (file) => this.#readBefore.add(file),
  };
  /** Files that Jest found, loaded or not, by the specifier that it first found each for. */
  readonly #resolved = new Map<string, string>();
  /** Content of those where loading may go unseen: they count as if they had been loaded. */
  readonly #contents = new Map<string, Dependency>();
  /** Names without a path that modules were looked for by: a manual mock could stand for each. */
  readonly #names = new Set<string>();
  /** The packages and modules of Node whose mocks count also where none is loaded. */
  readonly #needMocks = new Set<string>();
  /** Manual mocks that were looked for beside modules. */
  readonly #soughtMocks = new Set<string>();
  /** Modules of which Jest asked for the id, by the parts of it. */
  readonly #identified: [parts: readonly string[], resolve: (to: Sink) => void][] = [];
  /** Modules of the project without probes. */
  readonly #wholeFiles = new Set<string>();

  /** The probes of the first so many files, by how the name of each file's variable begins. */
  readonly #byStem = new Map<string, NamedProbes[]>();
  #stemmed = 0;

  #current: Accumulator | null = null;
  #knownFiles = 0;
  /** Modules of the project that were read, in that order. */
  readonly #modules: string[] = [];
  #before = { files: 0, modules: 0 };
  #concurrent = false;
  #limited = false;
  #skippedUnaffected = 0;
  /** Milliseconds that the kept tests took when they ran. */
  #keptDuration = 0;
  #finished = false;
  #paused = false;

  /** @param global The global object of the test environment, where probes keep their bytes. */
  constructor(run: WorkerRun, journal: JournalWriter, target: RecordedTestFile, global: object) {
    super(run);
    this.#run = run;
    this.#journal = journal;
    this.#target = target;
    this.#lookups = new ModuleLookups(run, target.lookups);
    this.#registry = ProbeRegistry.of(global);
    this.#shared.depend({
      kind: 'pragmas',
      name: toStored(run.file.root, target.file),
      value: recordedPragmas(target.pragmas, textOf(target.file)),
    });
    if (asksToRunAlways(target.pragmas))
      this.#shared.depend({
        kind: 'always',
        name: toStored(run.file.root, target.file),
        value: '',
      });
    for (const input of run.file.setupInputs) this.#shared.depend(input);
    journal.start(target.environmentId, toStored(run.file.root, target.file), this.#startedAt);
    this.#replay = new Replay(run, this.own, this.#shared);
    this.#childModules = new ChildModules(
      this,
      (file) => run.paths.place(file).kind === 'file',
      run.childSources,
    );
    watchChildren({
      ...run.paths.surroundings,
      reportsScripts: true,
      loaded: (file) => {
        this.read(file);
        this.#childModules.loaded(file);
      },
      ran: (file, how, at) => {
        this.#ran(file, how, at);
        this.#childModules.governed(file);
        this.#childModules.loaded(file);
      },
      missed: (name) => this.#replay.take({ at: now(), what: 'missed', name, value: '' }),
      observed: (observation) => {
        const { what, name, value } = observation;
        if (what === 'read') this.#childModules.governed(name);
        if (what === 'evaluated') this.#childModules.evaluated(name, value);
        else if (what !== 'variable') this.#replay.take(observation);
        else if (name === '') this.askedForNames();
        else this.asked(name, process.env[name]);
      },
    });
    observe(this);
  }

  // --- what the observer reports ---

  loaded(file: string, content: string | Buffer): void {
    if (this.#loaded.has(file)) return;
    const place = this.#run.paths.place(file);
    if (place.kind === 'ignored') return;
    if (place.kind === 'package' && this.#readBefore.has(file)) return;
    // Modules are found before they are read; what maps a stack trace to the sources reads them by itself.
    if (!this.#resolved.has(file) && calledForStackTrace()) return;
    const isProjects = place.kind === 'file';
    // Packages count by their version: keeping their text alive until the end would only make garbage collection dear.
    this.#loaded.set(file, isProjects ? content : '');
    // Jest itself reads on, for a stack trace say; only the project's own modules can share state.
    if (isProjects) this.#modules.push(place.name);
  }

  resolved(from: string, specifier: string, found: string, paths?: readonly string[]): void {
    const earlier = this.#resolved.get(found);
    if (earlier === undefined) this.#resolved.set(found, specifier);
    else if (earlier !== specifier && (isName(earlier) || isName(specifier)))
      this.#noteMixed(earlier, specifier);
    if (!this.#target.seesSources) this.#noteContent(found);
    // An installed package counts as a whole.
    const isProjects = (file: string): boolean => this.#run.paths.place(file).kind === 'file';
    if (!path.isAbsolute(found) || !(isProjects(from) || isProjects(found))) return;
    const folder = path.dirname(from);
    const look = () => this.#lookups.dependencies({ folder, specifier, found, paths });
    const key = [folder, specifier, found, ...(paths ?? [])].join('\0');
    for (const dependency of this.#run.lookup(key, look)) this.#shared.depend(dependency);
  }

  /** Before it can be loaded, so that what is recorded is what ran. */
  #noteContent(file: string): void {
    if (this.#contents.has(file) || !path.isAbsolute(file)) return;
    const place = this.#run.paths.place(file);
    if (place.kind === 'file') this.#contents.set(file, fileDependency(place.name, file));
  }

  /**
   * A module was asked for by two specifiers. Where there is a mock of one of them, Jest takes the module for two, and
   * what replaces the one does not replace the other.
   */
  #noteMixed(...specifiers: string[]): void {
    for (const specifier of specifiers.filter(isName)) this.named(specifier, true);
  }

  named(name: string, needsMock = false): void {
    this.#names.add(name);
    if (needsMock) this.#needMocks.add(mockedPackage(name));
  }

  soughtMock(file: string): void {
    this.#soughtMocks.add(file);
    const input = this.input(file);
    if (input !== null) this.#shared.depend(presenceDependency(input.name, input.file));
  }

  identified(parts: readonly string[], resolve: (to: Sink) => void): void {
    this.#identified.push([parts, resolve]);
  }

  unresolved(from: string, specifier: string, paths?: readonly string[]): void {
    if (isName(specifier)) this.#names.add(specifier);
    const lookup = { folder: path.dirname(from), specifier, found: null, paths };
    for (const dependency of this.#lookups.dependencies(lookup)) this.depend(dependency);
  }

  /**
   * Code made a text of a function: what stands in it counts as if it had run.
   * @param blocks As `blocksIn` gives them.
   */
  shown(blocks: readonly [stem: string, block: number][]): void {
    for (const [stem, block] of blocks) {
      for (const { name, probes } of this.#probesOf(stem)) {
        if (block < probes.length) probes[block] = 1;
        // The text of a whole module also shows declarations that no block refers to.
        if (block === 0) this.depend(fileDependency(name, fromStored(this.#run.file.root, name)));
      }
    }
  }

  /** The probes of the files whose variable's name begins so: nearly always one. */
  #probesOf(stem: string): readonly NamedProbes[] {
    const { files } = this.#registry;
    for (const { metadata, probes } of files.slice(this.#stemmed)) {
      const { name } = this.#run.probed(metadata);
      const key = stemFor(name);
      const known = this.#byStem.get(key);
      if (known === undefined) this.#byStem.set(key, [{ name, probes }]);
      else known.push({ name, probes });
    }
    this.#stemmed = files.length;
    return this.#byStem.get(stem) ?? [];
  }

  /** Until `resume`, what happens is not the test's. */
  pause(): void {
    stopObserving(this);
    this.#paused = true;
    observe(this.#whilePaused);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    stopObserving(this.#whilePaused);
    observe(this);
  }

  /** Code asked which environment variables there are. */
  askedForNames(): boolean {
    if (this.#paused) return false;
    this.#shared.depend({ kind: 'variable', name: '', value: this.#run.file.variableNames });
    return true;
  }

  /**
   * Code asked for an environment variable.
   * @returns False while paused: it may be asked for again.
   */
  asked(variable: string, value: string | undefined): boolean {
    if (this.#paused) return false;
    // A variable is reported once, whoever asks again, so it counts for all tests.
    if (!this.#run.ignoresVariable(variable))
      this.#shared.depend({
        kind: 'variable',
        name: variable,
        value: this.#variableValue(variable, value),
      });
    return true;
  }

  /** A variable that the global setup made counts as it was before. */
  #variableValue(variable: string, value: string | undefined): string {
    const { setupVariables } = this.#run.file;
    const before = Object.hasOwn(setupVariables, variable) ? setupVariables[variable] : undefined;
    return before ?? variableValue(variable, value);
  }

  /**
   * A child ran a file.
   * @param at When it was seen to load it.
   */
  #ran(given: string, how: Ran, at: number): void {
    const input = this.input(given, at);
    if (input === null) return;
    const { name, file } = input;
    if (how === 'changed') {
      this.#shared.depend({ kind: 'file', name, value: 'written meanwhile' });
      return;
    }
    // What V8 counted is of the text that the file had then.
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

  // --- what Jest's events tell ---

  /** A test begins, or begins again. */
  testStarted(test: TestIdentity, concurrent: boolean): void {
    if (concurrent) this.#concurrent = true;
    const opened = new Accumulator();
    this.#open.set(testKey(test), opened);
    // Among concurrent ones it makes no difference who it is noted for: they share theirs.
    if (this.#current !== null) return;
    this.#drain(this.#shared);
    this.#before = { files: this.#knownFiles, modules: this.#modules.length };
    this.#current = opened;
  }

  testEnded(test: TestIdentity, outcome: TestOutcome, duration: number): void {
    const key = testKey(test);
    const seen = this.#open.get(key);
    if (seen === undefined) return;
    this.#open.delete(key);
    if (seen === this.#current) {
      this.#drain(seen);
      const [next = null] = this.#open.values();
      this.#current = next;
    }
    const loadedModules = this.#hasLoadedModules();
    seen.include(this.#carried);
    if (loadedModules) this.#carried.include(seen);
    const { name, ordinal } = test;
    const earlier = this.#tests.get(key);
    // One that is retried depends on all its attempts.
    if (earlier !== undefined) seen.include(earlier.seen);
    this.#tests.set(key, { name, ordinal, outcome, duration, seen });
  }

  /** Whether modules were loaded since the test began that no test before it, run or kept, can have loaded. */
  #hasLoadedModules(): boolean {
    const { files, modules } = this.#before;
    if (this.#knownFiles === files && this.#modules.length === modules) return false;
    return (
      this.#registry.files
        .slice(files)
        .some(({ metadata }) => !this.#loadedByKept.has(this.#run.probed(metadata).name)) ||
      this.#modules.slice(modules).some((name) => !this.#loadedByKept.has(name))
    );
  }

  /** Something kept tests from running that their source does not say: the record is not of the whole test file. */
  limit(): void {
    this.#limited = true;
  }

  /**
   * A test is skipped because a record shows it unaffected: it keeps what that record says.
   * @param shared What all tests of that record depend on.
   */
  testKept({ carries, ...test }: SkippedTest, shared: Accumulator): void {
    if (this.#skippedUnaffected === 0) this.#shared.include(shared);
    this.#skippedUnaffected += 1;
    this.#keptDuration += test.duration;
    for (const metadata of test.seen.blocks.keys())
      this.#loadedByKept.add(this.#run.probed(metadata).name);
    test.seen.include(this.#carried);
    if (carries) this.#carried.include(test.seen);
    this.#tests.set(testKey(test), test);
  }

  /**
   * Ends the recording and appends it to the worker's journal.
   * @param outcome Of the whole test file.
   * @param snapshot The absolute path of the test file's snapshot, where it has one place.
   */
  finish(outcome: 'passed' | 'failed', snapshot: string | null): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#stopObserving();
    unobserved(() => {
      collectChildren();
      this.#replay.finish();
      this.#drain(this.#current ?? this.#shared);
      for (const seen of this.#open.values()) this.#shared.include(seen);
      this.#addLoaded(snapshot);
      this.settle();
      this.#journal.end(this.#result(outcome));
    });
  }

  /** Ends the recording and leaves nothing. */
  abandon(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#stopObserving();
    unobserved(collectChildren);
  }

  #stopObserving(): void {
    stopObserving(this);
    stopObserving(this.#whilePaused);
  }

  #result(outcome: 'passed' | 'failed'): RecordedFile {
    if (this.#concurrent) {
      for (const test of this.#tests.values()) {
        this.#shared.include(test.seen);
        test.seen = new Accumulator();
      }
    }
    return {
      environmentId: this.#target.environmentId,
      path: toStored(this.#run.file.root, this.#target.file),
      at: this.#startedAt,
      outcome,
      complete: !this.#limited,
      duration: Date.now() - this.#startedAt + this.#keptDuration,
      shared: this.#shared,
      tests: [...this.#tests.values()],
      skippedUnaffected: this.#skippedUnaffected,
    };
  }

  /** Reads the probes into an accumulator and clears them. */
  #drain(into: Accumulator): void {
    const { files } = this.#registry;
    for (const { metadata, probes } of files) into.drain(metadata, probes);
    this.#knownFiles = files.length;
  }

  /** Modules without probes count as whole files, snapshots by what stands there after the run. */
  #addLoaded(snapshot: string | null): void {
    const probed = new Set<string>();
    const transformedWith = new Set<Dependency>();
    for (const { metadata } of this.#registry.files) {
      const file = this.#run.probed(metadata);
      probed.add(file.name);
      for (const dependency of this.#run.transformedWith(file)) transformedWith.add(dependency);
    }
    for (const input of toolVariables(this.#target.cacheDirectory)) {
      const dependency = this.#run.transformInput(input);
      if (dependency !== null) transformedWith.add(dependency);
    }
    for (const dependency of transformedWith) this.#dependAsItWas(dependency);
    const packages = new Set<string>();
    const loaded = new Map(this.#loaded);
    if (!loaded.has(this.#target.file)) loaded.set(this.#target.file, '');
    for (const [file, content] of loaded) {
      if (file === snapshot) continue;
      // Found by its name: another mock of that name may come.
      const mocked = this.#soughtMocks.has(file) ? null : mockName(file);
      if (mocked !== null) this.#names.add(mocked);
      const place = this.#run.paths.place(file);
      if (place.kind === 'package') {
        packages.add(place.name);
        this.#dependOnTransform(file);
      } else if (place.kind === 'file' && !probed.has(place.name)) {
        this.#wholeFiles.add(place.name);
        const whole: Dependency =
          file === this.#target.file
            ? fileDependency(place.name, file)
            : { kind: 'file', name: place.name, value: contentHash(content) };
        this.#shared.depend(whole);
        this.#dependOnCompiled(file);
      }
    }
    for (const name of packages) {
      this.#shared.depend(this.#run.packageDependency(name));
      this.#names.add(installedName(name));
    }
    const modules = new Set([...probed, ...this.#wholeFiles, ...this.#dependOnResolved(loaded)]);
    for (const name of modules) {
      this.#shared.depend(this.#run.rivals(name, this.#lookups.extensions));
      for (const manifest of this.#run.manifests(name)) this.#shared.depend(manifest);
    }
    for (const file of importClosure(this.#run.transformerConfigs(probed), mentionedFiles)) {
      const place = this.#run.paths.place(file);
      if (place.kind === 'file') this.#shared.depend(fileDependency(place.name, file));
    }
    this.#dependOnMocks(
      (file) => loaded.has(file) || probed.has(toStored(this.#run.file.root, file)),
    );
    for (const place of this.#run.nearer(packages, modules)) this.#shared.depend(place);
    if (this.#run.file.typeErrors === 'select') this.#dependOnImports();
    if (snapshot === null) return;
    const place = this.#run.paths.place(snapshot);
    if (place.kind !== 'file') return;
    // Jest looks for it before it writes one; what counts is what stands there now.
    for (const { seen } of this.#tests.values()) seen.forget(place.name);
    this.#shared.forget(place.name);
    this.#shared.depend(fileDependency(place.name, snapshot));
  }

  /**
   * A module that is mocked, or whose path alone is asked for, must still be there.
   * @param loaded The files that were loaded too.
   * @returns The stored paths of the others, of the project.
   */
  #dependOnResolved(loaded: ReadonlyMap<string, unknown>): string[] {
    for (const [parts, resolve] of this.#identified)
      if (!parts.some((part) => loaded.has(part))) resolve(this);
    const names: string[] = [];
    for (const file of this.#resolved.keys()) {
      if (loaded.has(file)) continue;
      // A module of Node.
      if (!path.isAbsolute(file)) continue;
      const place = this.#run.paths.place(file);
      if (place.kind === 'ignored') continue;
      const name = toStored(this.#run.file.root, file);
      const content = this.#contents.get(file);
      if (content !== undefined) this.#dependOnCompiled(file);
      this.#shared.depend(content ?? { kind: 'present', name, value: 'file' });
      if (place.kind === 'file') names.push(name);
    }
    return names;
  }

  /** What the output was made from that this process was given for a file. */
  #dependOnTransform(file: string): void {
    const { root } = this.#run.file;
    for (const input of transformInputs(file)) {
      const { kind, name, value } = input;
      const stored =
        kind === 'variable' ? input : { kind, name: toStored(root, realPath(name)), value };
      const dependency = this.#run.transformInput(stored);
      if (dependency !== null) this.#dependAsItWas(dependency);
    }
  }

  /** Two outputs may be made from different states of one file: then one of them is out of date, and so is the result. */
  #dependAsItWas(dependency: Dependency): void {
    const other = this.#shared.dependencies.get(`${dependency.kind}:${dependency.name}`);
    if (other !== undefined && other.value !== dependency.value) this.#shared.depend(LOST);
    this.#shared.depend(dependency);
  }

  /** What a compiler or another transformer may have written into a file that has no probes to say so. */
  #dependOnCompiled(file: string): void {
    this.#dependOnTransform(file);
    const { inlined, ...declared } = compiledNow(file);
    for (const other of inlined) this.read(other);
    for (const aspect of ['values', 'types'] as const)
      for (const other of declared[aspect])
        this.#shared.depend(this.#run.declared(toStored(this.#run.file.root, other), aspect));
  }

  /** All that the test file imports, at any depth, as the type checker sees it. */
  #dependOnImports(): void {
    for (const file of importClosure([this.#target.file])) {
      const place = this.#run.paths.place(file);
      if (place.kind === 'file') this.#shared.depend(fileDependency(place.name, file));
    }
  }

  /**
   * A manual mock may come to stand for whatever was looked for by name.
   * @param isLoaded Whether a file was loaded, by its absolute path.
   */
  #dependOnMocks(isLoaded: (file: string) => boolean): void {
    const { projectId, lookups } = this.#target;
    for (const name of this.#names) {
      const key = mockedPackage(name);
      const isUsed = (file: string): boolean =>
        this.#needMocks.has(key) || isLoaded(path.join(lookups.rootDir, file));
      this.#shared.depend(this.#run.mocks(projectId, key, isUsed));
    }
  }

  protected depend(dependency: Dependency): void {
    (this.#current ?? this.#shared).depend(dependency);
  }
}

/** What manual mocks are sorted by. */
function mockedPackage(name: string): string {
  return packageName(name.replace(/^node:/, ''));
}

/** A file that changed while a test file ran may not be what its children ran. */
function wasWrittenSince(file: string, time: number): boolean {
  const stats = unwatched.statSync(file, { throwIfNoEntry: false });
  return stats === undefined || stats.ctimeMs > time;
}

function textOf(file: string): string | null {
  try {
    return unwatched.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** `@testmon always` in a test file's docblock, for tests of the clock, the network or chance. */
function asksToRunAlways({ testmon }: Record<string, string | string[]>): boolean {
  return [testmon].flat().includes('always');
}
