import * as fs from 'node:fs';
import * as path from 'node:path';
import { threadId } from 'node:worker_threads';
import { decodeMetadata, encodeMetadata, readNodeFile, type NodeFile } from '../blocks';
import { contentHash } from '../dependencies/files/content';
import { PackageReader } from '../dependencies/packages/packages';
import { governingManifests, manifestValue } from '../dependencies/packages/manifest';
import { fromStored, PathClassifier } from '../dependencies/files/paths';
import {
  declarationSignature,
  type DeclarationAspect,
} from '../dependencies/declaration-signature';
import {
  foldersAbove,
  linkValue,
  closerNodeModules,
} from '../dependencies/resolution/closer-node-modules';
import { mocksValue, withUnusedMocks } from '../dependencies/resolution/mocks';
import { getOrCreate } from '../dependencies/get-or-create';
import {
  FolderReader,
  RC_FILES,
  resolutionCandidatesValue,
} from '../dependencies/resolution/resolution-candidates';
import { useHashMemo } from '../dependencies/slow-hash';
import { ignoredVariables } from '../dependencies/variables';
import { awaitRunFile, NO_RUN, RunFileError, type RunFile, type RunProject } from '../run/run-file';
import { announced, RUN_FILE_VARIABLE } from '../run/run-variables';
import { Store } from '../store';
import type { KnownSources } from '../interception/child-modules';
import { forgetSources } from '../transform/inlined-sources';
import { JournalWriter } from './journal-writer';
import { NO_OUTPUT_INPUTS, type OutputInputs } from '../transform/output-inputs';
import type { Dependency } from '../records/types';
import { printable } from '../terminal/printable';
import { ALL_NAMES } from '../interception/tool-variables';
import type { TransformInput } from '../transform/transform-inputs';
import { unobserved, unwatched } from '../interception/observer';

/** How long a worker waits for the controller's run file, in milliseconds. */
const MAX_WAIT_MS = 5_000;

/** A file with probes, by stored paths. */
export interface ProbedFile extends OutputInputs {
  name: string;
}

/** A file that a child ran as it is written. */
export interface NodeScript {
  file: NodeFile;
  /** As a probe would have it. */
  metadata: string;
}

/** A worker's part in one run: what the controller told it, and its own journal. */
export class WorkerRun {
  readonly file: RunFile;
  readonly journal: JournalWriter;
  readonly paths: PathClassifier;
  readonly #packages: PackageReader;
  readonly #packageDependencies = new Map<string, Dependency>();
  readonly ignoresVariable: (name: string) => boolean;
  readonly #probed = new Map<string, ProbedFile>();
  readonly #rivals = new Map<string, Dependency>();
  readonly #lookups = new Map<string, readonly Dependency[]>();
  readonly #links = new Map<string, string>();
  readonly #mocks = new Map<string, Dependency>();
  readonly #manifests = new Map<string, Dependency>();
  readonly #governing = new Map<string, readonly Dependency[]>();
  readonly #declared = new Map<string, Dependency>();
  readonly #inputs = new Map<string, Dependency>();
  readonly #declaredFor = new Map<ProbedFile, readonly Dependency[]>();
  readonly #nodeFiles = new Map<string, NodeScript | null>();
  readonly #folders: FolderReader;
  readonly childSources: KnownSources = new Map();

  constructor(file: RunFile) {
    this.file = file;
    const name = `${process.pid}-${threadId}`;
    this.journal = new JournalWriter(path.join(file.directory, `journal-${name}.jsonl`));
    this.paths = new PathClassifier({
      root: file.root,
      excluded: file.excluded,
      ignore: file.ignore,
    });
    this.#packages = new PackageReader(file.root, file.packageCache);
    this.#folders = new FolderReader(file.root, unwatched.readdirSync);
    this.ignoresVariable = ignoredVariables(file.ignoreVariables);
    useHashMemo(file.hashMemo);
    acknowledge(path.join(file.directory, `ack-${name}`));
    checkEnvironments(file);
  }

  /** An installed package as a dependency, remembered per package: one object stands for it in every record. */
  packageDependency(name: string): Dependency {
    return getOrCreate(this.#packageDependencies, name, () => ({
      kind: 'package',
      name,
      value: unobserved(() => this.#packages.value(path.resolve(this.file.root, name))),
    }));
  }

  /** What a lookup that found something depends on, remembered: every test file asks for the same modules. */
  lookup(key: string, look: () => readonly Dependency[]): readonly Dependency[] {
    return getOrCreate(this.#lookups, key, look);
  }

  /** What could stand in a module's place, remembered per module. */
  rivals(name: string, extensions: readonly string[]): Dependency {
    return getOrCreate(this.#rivals, `${extensions.join()}|${name}`, () => ({
      kind: 'rivals',
      name,
      value: resolutionCandidatesValue(name, extensions, this.#folders),
    }));
  }

  /**
   * The manual mocks of a package or a module of Node, remembered per project and name.
   * @param project Jest's id of it.
   * @param isUsed Whether the test file loaded one of them, by its path relative to the project's `rootDir`.
   */
  mocks(project: string, name: string, isUsed: (file: string) => boolean): Dependency {
    const mocks = this.file.projects[project]?.mocks ?? null;
    const value = withUnusedMocks(mocksValue(name, mocks), isUsed);
    return getOrCreate(this.#mocks, `${name}|${value}`, () => ({ kind: 'mocks', name, value }));
  }

  /** What the package.json files that govern a module say of files, and that the nearer ones are not there. */
  manifests(name: string): readonly Dependency[] {
    return getOrCreate(this.#governing, path.posix.dirname(name), () =>
      governingManifests(name, this.#folders).map((manifest) => this.manifestAt(manifest)),
    );
  }

  /**
   * What a package.json says of files, remembered; that it is not there is a value like any other.
   * @param manifest Its stored path.
   */
  manifestAt(manifest: string): Dependency {
    return getOrCreate(this.#manifests, manifest, () => ({
      kind: 'manifest',
      name: manifest,
      value: manifestValue(fromStored(this.file.root, manifest), unwatched.readFileSync),
    }));
  }

  /**
   * What a probed file was transformed with, remembered per file: what the sources declare that it was compiled with, and
   * its inputs as they were then. Most have much in common, so one object stands for each.
   */
  transformedWith(file: ProbedFile): readonly Dependency[] {
    return getOrCreate(this.#declaredFor, file, () => [
      ...file.inputs.flatMap((input) => this.transformInput(input) ?? []),
      ...file.values.map((name) => this.declared(name, 'values')),
      ...file.types.map((name) => this.declared(name, 'types')),
    ]);
  }

  /**
   * An input of a transform as a dependency; null where it does not count.
   * @param input With a stored path.
   */
  transformInput({ kind, name, value }: TransformInput): Dependency | null {
    if (kind === 'variable') {
      if (this.ignoresVariable(name)) return null;
    } else if (this.paths.place(fromStored(this.file.root, name)).kind !== 'file') return null;
    const key = `${kind} ${name} ${value}`;
    return getOrCreate(this.#inputs, key, () => ({
      kind,
      name,
      value: kind === 'variable' && name === ALL_NAMES ? this.file.variableNames : value,
    }));
  }

  /** What a source declares that others are compiled with, remembered per source. */
  declared(name: string, aspect: DeclarationAspect): Dependency {
    return getOrCreate(this.#declared, `${aspect} ${name}`, () =>
      declaredDependency(name, fromStored(this.file.root, name), aspect),
    );
  }

  /** The configs below the root that transformers find beside or above modules, as absolute paths. */
  transformerConfigs(modules: Iterable<string>): string[] {
    return [...foldersAbove(modules)]
      .filter((folder) => folder !== '.')
      .flatMap((folder) => RC_FILES.map((file) => `${folder}/${file}`))
      .filter((name) => this.#folders.has(name))
      .map((name) => fromStored(this.file.root, name));
  }

  /** Where modules of the project would find installed packages before where they are. */
  nearer(packages: Iterable<string>, files: Iterable<string>): Dependency[] {
    return closerNodeModules(packages, files, this.#folders, (place) => this.#link(place));
  }

  /** Remembered, as the folders are that it stands in. */
  #link(place: string): string {
    return getOrCreate(this.#links, place, () => linkValue(this.file.root, place));
  }

  /** The blocks of a file as it is written, remembered while it stays the same; null where it counts by its text. */
  nodeFile(name: string): NodeScript | null {
    const file = fromStored(this.file.root, name);
    const content = unwatched.readFileSync(file);
    const hash = contentHash(content);
    return getOrCreate(this.#nodeFiles, `${hash} ${name}`, () => {
      const options = { path: name, contentHash: hash, root: this.file.root };
      const read = readNodeFile(content.toString(), options);
      return read && { file: read, metadata: encodeMetadata(read.metadata) };
    });
  }

  /** The file that a metadata string belongs to, and the files written into it. */
  probed(metadata: string): ProbedFile {
    return getOrCreate(this.#probed, metadata, () => {
      const { path: name, extras } = decodeMetadata(metadata);
      return { ...NO_OUTPUT_INPUTS, ...(extras as Partial<OutputInputs> | undefined), name };
    });
  }
}

function declaredDependency(name: string, file: string, aspect: DeclarationAspect): Dependency {
  try {
    const value = declarationSignature(unwatched.readFileSync(file, 'utf8'), aspect);
    return { kind: 'declared', name, value };
  } catch {
    return { kind: 'absent', name, value: '' };
  }
}

let joined: { announced: string | undefined; run: WorkerRun | null } | null = null;

/**
 * Joins the run that the controller announced, once per worker and run.
 * @returns Null when there is none to join or nothing is to be recorded: the tests then run unrecorded.
 */
export function joinRun(): WorkerRun | null {
  const runFile = announced(RUN_FILE_VARIABLE);
  if (joined === null || joined.announced !== runFile) {
    forgetSources();
    joined = { announced: runFile, run: unobserved(() => tryJoin(runFile)) };
  }
  return joined.run;
}

function tryJoin(runFile: string | undefined): WorkerRun | null {
  if (runFile === NO_RUN) return null;
  try {
    const file = awaitRunFile(runFile, MAX_WAIT_MS);
    return file.collect || Object.values(file.projects).some(skipsAnything)
      ? new WorkerRun(file)
      : null;
  } catch (error) {
    sayOnce(
      error instanceof RunFileError || error instanceof Error ? error.message : String(error),
    );
    return null;
  }
}

function skipsAnything({ skipped, skippedTests }: RunProject): boolean {
  return skipped.length > 0 || Object.keys(skippedTests).length > 0;
}

/** Tells the controller that this worker has read the run file. */
function acknowledge(file: string): void {
  fs.writeFileSync(file, '', { mode: 0o600 });
}

/** Opens the database as a worker may: read-only, and every environment must be there already. */
function checkEnvironments(file: RunFile): void {
  const store = Store.open(file.dataFile, { readonly: true });
  try {
    for (const project of Object.values(file.projects)) store.environment(project.environmentId);
  } finally {
    store.close();
  }
}

let said = false;

/** One sentence per worker, on stderr, where Jest prints too. */
export function sayOnce(sentence: string): void {
  if (said) return;
  said = true;
  const line = sentence.startsWith('testmon:') ? sentence : `testmon: ${sentence}`;
  process.stderr.write(`${printable(line)}\n`);
}
