import path from 'node:path';
import { contentHash } from '../../dependencies/files/content';
import { importClosure, mentionedFiles } from '../../dependencies/resolution/imports';
import { mockName } from '../../dependencies/resolution/mocks';
import { toStored } from '../../dependencies/files/paths';
import { isName } from '../../interception/modules/resolver';
import { calledForStackTrace } from '../../interception/callers';
import { NOBODY, type LookupDetails, type Sink } from '../../interception/sink';
import { installedName, packageName } from '../../records/package-name';
import type { Dependency } from '../../records/types';
import type { Accumulator } from '../accumulator';
import type { CompiledInputs } from './compiled-inputs';
import { ExportUses } from './export-uses';
import { ModuleLookups, type ModuleLookupConfig } from './module-lookups';
import { fileDependency } from '../../interception/files/file-values';
import type { WorkerRun } from '../worker-run';

/** Decides how Jest finds and loads the modules of a test file. */
export interface ModuleContext {
  /** Jest's id of the project. */
  projectId: string;
  /** Absolute path of the test file. */
  file: string;
  /** Where Jest looks for modules. */
  lookups: ModuleLookupConfig & { rootDir: string };
  /** Whether every transformer of the project is wrapped. If so, no module is loaded unobserved. */
  seesSources: boolean;
  /** Absolute paths of the modules whose exports Jest itself uses. */
  takenByJest: readonly string[];
}

/** Makes dependencies of the modules that Jest resolved and loaded for a test file. */
export class ModuleInputs {
  readonly #run: WorkerRun;
  readonly #context: ModuleContext;
  readonly #shared: Accumulator;
  readonly #compiled: CompiledInputs;
  readonly #depend: (dependency: Dependency) => void;
  readonly #lookups: ModuleLookups;
  readonly exportUses: ExportUses;

  /** The files that Jest's runtime loaded, with their content. */
  readonly #loaded = new Map<string, string | Buffer>();
  readonly #loadedNames: string[] = [];
  /**
   * Files that Jest read for itself while the recorder was paused. Whether Jest reads those of packages again for the
   * test file depends on which test file comes first in a worker. They belong to the tool chain, which every record
   * depends on anyway.
   */
  readonly #loadedByJest = new Set<string>();
  /** Files that Jest found, loaded or not, with the specifier that found each one first. */
  readonly #resolved = new Map<string, string>();
  /** Those of them that were not looked for to make an id alone. Their paths may be known to the test file. */
  readonly #pathsAsked = new Set<string>();
  /** Stored paths of the project's modules that asked for installed packages. */
  readonly #askers = new Set<string>();
  /** The content of files that may be loaded unobserved. They count as loaded. */
  readonly #contents = new Map<string, Dependency>();
  /** Specifiers without a path, such as `lodash`. A manual mock could replace each. */
  readonly #bareNames = new Set<string>();
  /** The packages and modules of Node whose mocks count even if none is loaded. */
  readonly #needMocks = new Set<string>();
  /** Manual mocks that Jest looked for next to modules. */
  readonly #soughtMocks = new Set<string>();
  /** Modules whose id Jest asked for, by the parts of the id. */
  readonly #identified: [parts: readonly string[], resolve: (to: Sink) => void][] = [];
  readonly #asSink: Sink = {
    ...NOBODY,
    resolved: (...args) => this.resolved(...args),
    unresolved: (...args) => this.unresolved(...args),
    named: (...args) => this.named(...args),
  };

  /**
   * @param shared What all tests of the file share.
   * @param depend Adds a dependency to the running test, or to the shared part between tests.
   */
  constructor(
    run: WorkerRun,
    context: ModuleContext,
    shared: Accumulator,
    compiled: CompiledInputs,
    depend: (dependency: Dependency) => void,
  ) {
    this.#run = run;
    this.#context = context;
    this.#shared = shared;
    this.#compiled = compiled;
    this.#depend = depend;
    this.#lookups = new ModuleLookups(run, context.lookups);
    this.exportUses = new ExportUses(run, context.takenByJest);
  }

  /** Stored paths of the project's modules that were loaded, in that order. It grows. */
  get loadedNames(): readonly string[] {
    return this.#loadedNames;
  }

  /** Jest's runtime read a module, a JSON file or a snapshot. */
  loaded(file: string, content: string | Buffer): void {
    if (this.#loaded.has(file)) return;
    const place = this.#run.paths.place(file);
    if (place.kind === 'ignored') return;
    if (place.kind === 'package' && this.#loadedByJest.has(file)) return;
    // A module is resolved before it is read. A source map is not: it is read directly when a stack trace is mapped.
    if (!this.#resolved.has(file) && calledForStackTrace()) return;
    const isProjects = place.kind === 'file';
    // A package counts by its version. Keeping its text until the end would only slow down garbage collection.
    this.#loaded.set(file, isProjects ? content : '');
    // Only the project's own modules can share state between tests.
    if (isProjects) this.#loadedNames.push(place.name);
  }

  /** Jest read a file for itself, before the test file began. */
  loadedByJest(file: string): void {
    this.#loadedByJest.add(file);
  }

  /** Jest's resolver found a file for a specifier. */
  resolved(from: string, specifier: string, found: string, details?: LookupDetails): void {
    this.exportUses.note(from, specifier, found);
    const earlier = this.#resolved.get(found);
    if (earlier === undefined) this.#resolved.set(found, specifier);
    else if (earlier !== specifier && (isName(earlier) || isName(specifier)))
      this.#noteMixed(earlier, specifier);
    if (!this.#context.seesSources) this.#noteContent(found);
    if (!path.isAbsolute(found)) return;
    if (details?.isForId !== true) this.#pathsAsked.add(found);
    const asking = this.#run.paths.place(from);
    const { kind } = this.#run.paths.place(found);
    // An installed package counts as a whole.
    if (asking.kind !== 'file' && kind !== 'file') return;
    if (asking.kind === 'file' && kind === 'package') this.#askers.add(asking.name);
    const folder = path.dirname(from);
    const paths = details?.paths;
    const look = () => this.#lookups.dependencies({ folder, specifier, found, paths });
    const key = [folder, specifier, found, ...(paths ?? [])].join('\0');
    for (const dependency of this.#run.lookup(key, look)) this.#shared.depend(dependency);
  }

  /** Jest's resolver found nothing for a specifier. */
  unresolved(from: string, specifier: string, details?: LookupDetails): void {
    if (isName(specifier)) this.#bareNames.add(specifier);
    const lookup = { folder: path.dirname(from), specifier, found: null, paths: details?.paths };
    for (const dependency of this.#lookups.dependencies(lookup)) this.#depend(dependency);
  }

  /** Jest looked for a module by a name without a path: see `Sink.named`. */
  named(name: string, needsMock = false): void {
    this.#bareNames.add(name);
    if (needsMock) this.#needMocks.add(mockedPackage(name));
  }

  /** Jest looked for the manual mock next to a module that is to be mocked. */
  soughtMock(file: string): void {
    this.#soughtMocks.add(file);
  }

  /** Jest asked for the id of a module: see `Sink.identified`. */
  identified(parts: readonly string[], resolve: (to: Sink) => void): void {
    this.#identified.push([parts, resolve]);
  }

  /**
   * Ends the test file: adds what its modules depend on.
   * @param probed Stored paths of the files with probes.
   * @param snapshot Absolute path of the test file's snapshot, which is not a module. Null if it has no single path.
   */
  finish(probed: ReadonlySet<string>, snapshot: string | null): void {
    const { file: testFile } = this.#context;
    if (!this.#loaded.has(testFile)) this.#loaded.set(testFile, '');
    const { packages, whole } = this.#addLoaded(probed, snapshot);
    for (const name of packages) {
      this.#shared.depend(this.#run.packageDependency(name));
      this.#bareNames.add(installedName(name));
    }
    const modules = new Set([...probed, ...whole]);
    const unloaded = this.#addUnloaded();
    for (const name of [...modules, ...unloaded.names]) {
      this.#shared.depend(this.#run.resolutionCandidates(name, this.#lookups.extensions));
      for (const manifest of this.#run.manifests(name)) this.#shared.depend(manifest);
    }
    this.#addClosure(importClosure(this.#run.transformerConfigs(probed), mentionedFiles));
    this.#addMocks(probed);
    const found = new Set([...packages, ...unloaded.packages, ...this.#compiled.packages]);
    // A module that was not loaded has not asked for any package. `createRequire` may ask for one from any folder.
    const askers = new Set([...modules, ...this.#askers]);
    for (const place of this.#run.closerNodeModules(found, askers)) this.#shared.depend(place);
    // The type checker reads everything that the test file imports, at any depth.
    if (this.#run.file.typeErrors === 'select') this.#addClosure(importClosure([testFile]));
  }

  /**
   * A module was asked for by two specifiers. If one of them has a mock, Jest treats the module as two, and a
   * replacement of one does not replace the other.
   */
  #noteMixed(...specifiers: string[]): void {
    for (const specifier of specifiers.filter(isName)) this.named(specifier, true);
  }

  /** Reads a file before Jest can load it, so that the recorded content is what ran. */
  #noteContent(file: string): void {
    if (this.#contents.has(file) || !path.isAbsolute(file)) return;
    const place = this.#run.paths.place(file);
    if (place.kind === 'file') this.#contents.set(file, fileDependency(place.name, file));
  }

  /**
   * Adds the loaded modules. A module of a package counts through its package, a module without probes as a whole.
   * @returns The stored paths of the packages and of the modules that count as a whole.
   */
  #addLoaded(
    probed: ReadonlySet<string>,
    snapshot: string | null,
  ): { packages: Set<string>; whole: Set<string> } {
    const packages = new Set<string>();
    const whole = new Set<string>();
    for (const [file, content] of this.#loaded) {
      if (file === snapshot) continue;
      // A mock that was found by its name. Another mock of that name may be added.
      const mocked = this.#soughtMocks.has(file) ? null : mockName(file);
      if (mocked !== null) this.#bareNames.add(mocked);
      const place = this.#run.paths.place(file);
      if (place.kind === 'package') {
        packages.add(place.name);
        this.#compiled.addInputs(file);
      } else if (place.kind === 'file' && !probed.has(place.name)) {
        whole.add(place.name);
        this.#shared.depend(
          file === this.#context.file
            ? fileDependency(place.name, file)
            : { kind: 'file', name: place.name, value: contentHash(content) },
        );
        this.#compiled.addUnprobed(file);
      }
    }
    return { packages, whole };
  }

  /**
   * Adds modules that were found but not loaded. A module that is mocked, or of which only the path is asked for,
   * must still exist.
   * @returns The stored paths of those that belong to the project, and of the packages that the others belong to.
   */
  #addUnloaded(): { names: string[]; packages: Set<string> } {
    for (const [parts, resolve] of this.#identified)
      if (!parts.some((part) => this.#loaded.has(part))) resolve(this.#asSink);
    const names: string[] = [];
    const packages = new Set<string>();
    for (const file of this.#resolved.keys()) {
      // Modules of Node have no path.
      if (this.#loaded.has(file) || !path.isAbsolute(file)) continue;
      const place = this.#run.paths.place(file);
      if (place.kind === 'ignored') continue;
      const name = toStored(this.#run.file.root, file);
      const content = this.#contents.get(file);
      if (content !== undefined) this.#compiled.addUnprobed(file);
      this.#shared.depend(content ?? { kind: 'present', name, value: 'file' });
      if (place.kind === 'file') names.push(name);
      else if (!this.#loadedByJest.has(file)) {
        packages.add(place.name);
        this.#shared.depend(this.#unloadedPackage(place.name, file));
      }
    }
    return { names, packages };
  }

  /**
   * A package of which a module was found but not loaded. What is mocked may have any version, if only it is still
   * found.
   */
  #unloadedPackage(name: string, file: string): Dependency {
    return this.#pathsAsked.has(file)
      ? this.#run.packageDependency(name)
      : this.#run.manifestAt(`${name}/package.json`);
  }

  /** @param files Absolute paths. Those of packages are ignored. */
  #addClosure(files: readonly string[]): void {
    for (const file of files) {
      const place = this.#run.paths.place(file);
      if (place.kind === 'file') this.#shared.depend(fileDependency(place.name, file));
    }
  }

  /** Adds the mocks of everything that was looked for by name, because a manual mock may be added for it. */
  #addMocks(probed: ReadonlySet<string>): void {
    const { projectId, lookups } = this.#context;
    const isLoaded = (file: string): boolean =>
      this.#loaded.has(file) || probed.has(toStored(this.#run.file.root, file));
    for (const name of this.#bareNames) {
      const key = mockedPackage(name);
      const isUsed = (file: string): boolean =>
        this.#needMocks.has(key) || isLoaded(path.join(lookups.rootDir, file));
      this.#shared.depend(this.#run.mocks(projectId, key, isUsed));
    }
  }
}

/** The name that manual mocks are stored under: of a package, or of a module of Node without `node:`. */
function mockedPackage(name: string): string {
  return packageName(name.replace(/^node:/, ''));
}
