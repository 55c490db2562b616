import * as path from 'node:path';
import { decodeMetadata, encodeMetadata, readNodeFile, type Links, type NodeFile } from '../blocks';
import { contentHash } from '../dependencies/files/content';
import { PackageReader } from '../dependencies/packages/packages';
import { governingManifests, manifestValue } from '../dependencies/packages/manifest';
import { ownName } from '../dependencies/packages/package-targets';
import { fromStored, PathClassifier, realPath, toStored } from '../dependencies/files/paths';
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
import { ignoredVariables } from '../dependencies/variables';
import type { RunFile } from '../run/run-file';
import type { KnownSources } from '../interception/children/child-modules';
import { DependencyCache } from './dependency-cache';
import { JournalWriter } from './journal-writer';
import { NO_OUTPUT_INPUTS, type OutputInputs } from '../transform/output-inputs';
import type { Dependency } from '../records/types';
import { ALL_NAMES } from '../interception/variables/tool-variables';
import type { TransformInput } from '../transform/input-values';
import { unobserved, unwatched } from '../interception/observer';

/** A file with probes. Paths are stored paths. */
export interface ProbedFile extends OutputInputs {
  name: string;
  links?: Links;
}

/** A file that a child ran unchanged. */
export interface NodeScript {
  file: NodeFile;
  /** The metadata text that a probe would register. */
  metadata: string;
}

/**
 * A worker's part in one run: what it got from the controller, its own journal, and the dependencies that many of its
 * test files share.
 */
export class WorkerRun {
  readonly file: RunFile;
  readonly journal: JournalWriter;
  readonly paths: PathClassifier;
  readonly ignoresVariable: (name: string) => boolean;
  /** Known sources of children, because many test files start the same programs. */
  readonly childSources: KnownSources = new Map();
  readonly #packages: PackageReader;
  readonly #folders: FolderReader;
  readonly #dependencies = new DependencyCache();
  readonly #links = new Map<string, string>();
  readonly #packageNames = new Map<string, string>();
  readonly #realNames = new Map<string, string>();
  readonly #probed = new Map<string, ProbedFile>();
  readonly #nodeFiles = new Map<string, NodeScript | null>();

  /** @param id Distinguishes this worker from all others of the run. */
  constructor(file: RunFile, id: string) {
    this.file = file;
    this.journal = new JournalWriter(path.join(file.directory, `journal-${id}.jsonl`));
    this.paths = new PathClassifier({
      root: file.root,
      excluded: file.excluded,
      ignore: file.ignore,
    });
    this.#packages = new PackageReader(file.root, file.packageCache);
    this.#folders = new FolderReader(file.root, unwatched.readdirSync);
    this.ignoresVariable = ignoredVariables(file.ignoreVariables);
  }

  /** An installed package. @param name The stored path of its folder. */
  packageDependency(name: string): Dependency {
    return this.#dependencies.get('package', name, () =>
      unobserved(() => this.#packages.value(path.resolve(this.file.root, name))),
    );
  }

  /**
   * What a successful lookup of a module depends on. Cached, because every test file looks up the same modules.
   * @param key Identifies the lookup.
   */
  lookup(key: string, look: () => readonly Dependency[]): readonly Dependency[] {
    return this.#dependencies.list(key, look);
  }

  /**
   * The files that would be found instead of a module.
   * @param name The module's stored path.
   * @param extensions The extensions that Jest tries, without a dot.
   */
  resolutionCandidates(name: string, extensions: readonly string[]): Dependency {
    return this.#dependencies.get(
      'rivals',
      name,
      () => resolutionCandidatesValue(name, extensions, this.#folders),
      `${extensions.join()}|${name}`,
    );
  }

  /**
   * The manual mocks of a package or a module of Node.
   * @param project Jest's id of the project.
   * @param isUsed Whether the test file loaded a mock, given by its path relative to the project's `rootDir`.
   */
  mocks(project: string, name: string, isUsed: (file: string) => boolean): Dependency {
    const mocks = this.file.projects[project]?.mocks ?? null;
    const value = withUnusedMocks(mocksValue(name, mocks), isUsed);
    return this.#dependencies.get('mocks', name, () => value, `${name}|${value}`);
  }

  /**
   * The package.json files that decide how a module is read: the one that applies, and the missing ones that are
   * closer to the module.
   * @param name The module's stored path.
   */
  manifests(name: string): readonly Dependency[] {
    return this.#dependencies.list(`manifests ${path.posix.dirname(name)}`, () =>
      governingManifests(name, this.#folders).map((manifest) => this.manifestAt(manifest)),
    );
  }

  /**
   * What a package.json says about files. A missing package.json is a value too.
   * @param manifest Its stored path.
   */
  manifestAt(manifest: string): Dependency {
    return this.#dependencies.get('manifest', manifest, () =>
      manifestValue(fromStored(this.file.root, manifest), unwatched.readFileSync),
    );
  }

  /**
   * What the transform of a probed file depends on: the declarations of other sources, and what the transformer read.
   */
  transformedWith(file: ProbedFile): readonly Dependency[] {
    return this.#dependencies.list(file, () => [
      ...file.inputs.flatMap((input) => this.transformInput(input) ?? []),
      ...file.values.map((name) => this.declared(name, 'values')),
      ...file.types.map((name) => this.declared(name, 'types')),
    ]);
  }

  /**
   * An input of a transform as a dependency. Null if it does not count.
   * @param input Its name is a stored path.
   */
  transformInput({ kind, name, value }: TransformInput): Dependency | null {
    if (kind === 'variable') {
      if (this.ignoresVariable(name)) return null;
    } else {
      const place = this.paths.place(fromStored(this.file.root, name));
      if (place.kind === 'package') return this.packageDependency(place.name);
      if (place.kind === 'ignored') return null;
    }
    const isNames = kind === 'variable' && name === ALL_NAMES;
    return this.#dependencies.get(
      kind,
      name,
      () => (isNames ? this.file.variableNames : value),
      `${name} ${value}`,
    );
  }

  /**
   * The name in the package.json of a folder, cached. Empty if it has none.
   * @param folder Absolute path.
   */
  packageName(folder: string): string {
    return getOrCreate(this.#packageNames, folder, () => {
      const name = unobserved(() => ownName(folder));
      return typeof name === 'string' ? name : '';
    });
  }

  /**
   * The declarations of a source that others are compiled with. If the source is missing, its absence.
   * @param name Its stored path.
   */
  declared(name: string, aspect: DeclarationAspect): Dependency {
    return this.#dependencies.getOrMake('declared', `${aspect} ${name}`, () =>
      declaredDependency(name, fromStored(this.file.root, name), aspect),
    );
  }

  /** The configs below the root that transformers find beside or above modules. Absolute paths. */
  transformerConfigs(modules: Iterable<string>): string[] {
    return [...foldersAbove(modules)]
      .filter((folder) => folder !== '.')
      .flatMap((folder) => RC_FILES.map((file) => `${folder}/${file}`))
      .filter((name) => this.#folders.has(name))
      .map((name) => fromStored(this.file.root, name));
  }

  /**
   * The places in `node_modules` folders where modules of the project would find a package earlier than the one that
   * they use now.
   * @param packages Stored paths of the packages' folders.
   * @param files Stored paths of the modules.
   */
  closerNodeModules(packages: Iterable<string>, files: Iterable<string>): Dependency[] {
    return closerNodeModules(packages, files, this.#folders, (place) =>
      getOrCreate(this.#links, place, () => linkValue(this.file.root, place)),
    );
  }

  /**
   * The blocks of a file as it is written. Cached while its content stays the same.
   * @param name Its stored path.
   * @returns Null if only its text counts.
   */
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

  /** The stored, real path of a file, cached. @param file Absolute path. */
  realName(file: string): string {
    return getOrCreate(this.#realNames, file, () =>
      toStored(
        this.file.root,
        unobserved(() => realPath(file)),
      ),
    );
  }

  /** The file that a metadata string belongs to, and the files included in it. */
  probed(metadata: string): ProbedFile {
    return getOrCreate(this.#probed, metadata, () => {
      const { path: name, extras } = decodeMetadata(metadata);
      return { ...NO_OUTPUT_INPUTS, ...(extras as Partial<ProbedFile> | undefined), name };
    });
  }
}

function declaredDependency(name: string, file: string, aspect: DeclarationAspect): Dependency {
  try {
    const value = declarationSignature(unwatched.readFileSync(file, 'utf8'), aspect);
    return { kind: 'declared', name, value };
  } catch {
    // A missing source is a value too.
    return { kind: 'absent', name, value: '' };
  }
}
