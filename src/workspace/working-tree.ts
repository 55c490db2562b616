import * as fs from 'node:fs';
import { contentHash } from '../dependencies/files/content';
import { declaresStill } from '../dependencies/declaration-signature';
import { RACY_MS } from '../dependencies/files/stat-cache';
import { listingValue } from '../dependencies/files/listing';
import { manifestValue } from '../dependencies/packages/manifest';
import { mocksHold, type Mocks } from '../dependencies/resolution/mocks';
import { leadsTo } from '../dependencies/resolution/closer-node-modules';
import type { PackageReader } from '../dependencies/packages/packages';
import { fromStored } from '../dependencies/files/paths';
import { mayHaveDocblock, pragmasHold, pragmasValue } from '../dependencies/pragmas';
import { getOrCreate } from '../dependencies/get-or-create';
import {
  FolderReader,
  resolutionCandidatesValue,
} from '../dependencies/resolution/resolution-candidates';
import { deadLinkAt, kindAt, permissionsAt } from '../dependencies/files/stats';
import { variableHolds, variableNamesValue } from '../dependencies/variables';
import { outerVariable, outerVariables } from '../run/outer-variables';
import { fromJest } from '../run/user-jest';
import { presenceQuestion, type PresenceQuestion } from '../records/presence';
import type { Dependency } from '../records/types';
import type { FileState, Store } from '../store';
import { FileStates } from './file-states';
import { GitFiles } from './git-files';
import { swallowed } from '../terminal/debug';

/** From this number of file versions on, asking git is faster than examining every file. */
const MIN_VERSIONS_FOR_GIT = 1_000;

/** Options that change what the working tree reports. */
export interface TreeRules {
  /** Whether an option excludes an environment variable. */
  ignoresVariable: (name: string) => boolean;
}

/** Project settings that the value of a dependency depends on. */
export interface ProjectFacts {
  /** In the order in which Jest tries them; see `moduleExtensions`. */
  extensions: readonly string[];
  /** The manual mocks of the project. Null if they were not searched. */
  mocks: Mocks | null;
}

/** The present state of the project's files. Each file is examined once. */
export class WorkingTree {
  readonly #root: string;
  readonly #packages: PackageReader;
  readonly #states: FileStates;
  readonly #git: GitFiles | null;
  #vouched: ReadonlyMap<string, string> = new Map();
  readonly #hashes = new Map<string, string | null>();
  readonly #learnt: FileState[] = [];
  readonly #folders: FolderReader;

  readonly #manifests = new Map<string, string>();
  /** The value that a record would contain for the names of all environment variables. */
  readonly variableNames: string;

  /**
   * @param root Absolute real path of the root.
   * @param states The recorded states of the files. A file with the same size, times and inode has the same content.
   * @param git Null if the project is too small for git to be faster.
   */
  constructor(
    root: string,
    packages: PackageReader,
    states: FileStates,
    git: GitFiles | null,
    { ignoresVariable }: TreeRules,
  ) {
    this.variableNames = variableNamesValue(outerVariables(), ignoresVariable);
    this.#root = root;
    this.#folders = new FolderReader(root);
    this.#packages = packages;
    this.#states = states;
    this.#git = git;
  }

  /**
   * Creates the working tree below a root, and starts git if the project is large.
   * @param packages Reads installed packages.
   * @param store Returns the open database, or null. A function, because a damaged database may be replaced later.
   */
  static seenFrom(
    root: string,
    packages: PackageReader,
    store: () => Store | null,
    rules: TreeRules,
  ): WorkingTree {
    const isLarge = (store()?.latestVersionId() ?? 0) >= MIN_VERSIONS_FOR_GIT;
    const git = isLarge ? GitFiles.ask(root) : null;
    return new WorkingTree(root, packages, new FileStates(store), git, rules);
  }

  /** Waits for git. The results are the same without it, but slower. */
  async prepare(): Promise<void> {
    if (this.#git !== null) this.#vouched = await this.#git.unchanged();
  }

  /**
   * Whether git reports that a path is an unchanged regular file. None of its parent folders is a symbolic link then.
   * @param name Stored path.
   */
  isVouchedFor(name: string): boolean {
    return this.#vouched.has(name);
  }

  /** The states of files that were examined and had no recorded state. */
  get learnt(): readonly FileState[] {
    return this.#learnt;
  }

  /**
   * Returns the git blob hash of a file's content, or null if there is no such file.
   * @param name Stored path.
   */
  contentHash(name: string): string | null {
    return this.#vouched.get(name) ?? getOrCreate(this.#hashes, name, () => this.#hash(name));
  }

  /** Whether a dependency still has its recorded value. */
  holds({ kind, name, value }: Dependency, { extensions, mocks }: ProjectFacts): boolean {
    switch (kind) {
      case 'file':
        return this.contentHash(name) === value;
      case 'absent':
        return !this.#exists(name);
      case 'present':
        return this.#presence(name, presenceQuestion(value)) === value;
      case 'listing':
        return listingValue(fromStored(this.#root, name)) === value;
      case 'package':
        return this.#packages.value(fromStored(this.#root, name)) === value;
      case 'variable':
        return name === ''
          ? this.variableNames === value
          : variableHolds(name, outerVariable(name), value);
      case 'manifest':
        return this.#manifest(name) === value;
      case 'declared':
        return this.#declaresStill(name, value);
      case 'pragmas':
        return pragmasHold(value, this.contentHash(name), () => this.#pragmas(name));
      case 'rivals':
        return resolutionCandidatesValue(name, extensions, this.#folders) === value;
      case 'mocks':
        return mocksHold(name, mocks, value);
      case 'always':
        return false;
    }
  }

  #hash(name: string): string | null {
    const file = fromStored(this.#root, name);
    try {
      const stats = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
      if (stats?.isFile() !== true) return null;
      const known = this.#states.get(name);
      const state = {
        path: name,
        size: Number(stats.size),
        mtime: String(stats.mtimeNs),
        ctime: String(stats.ctimeNs),
        inode: String(stats.ino),
      };
      if (
        known !== undefined &&
        known.size === state.size &&
        known.mtime === state.mtime &&
        known.ctime === state.ctime &&
        known.inode === state.inode
      ) {
        return known.contentHash;
      }
      const hash = contentHash(fs.readFileSync(file));
      // A file that was just written could change again without a new timestamp. Git calls such entries "racily
      // clean".
      if (Date.now() - Number(stats.mtimeMs) > RACY_MS)
        this.#learnt.push({ ...state, contentHash: hash });
      return hash;
    } catch {
      // The file does not exist or cannot be read. It differs from every recorded content.
      return null;
    }
  }

  #exists(name: string): boolean {
    return (
      this.#presence(name, 'exists') !== null || deadLinkAt(fromStored(this.#root, name)) !== null
    );
  }

  #presence(name: string, question: PresenceQuestion): string | null {
    const file = fromStored(this.#root, name);
    if (question === 'leads') return leadsTo(this.#root, name);
    return question === 'permits' ? permissionsAt(file) : kindAt(file);
  }

  #manifest(name: string): string {
    return getOrCreate(this.#manifests, name, () => manifestValue(fromStored(this.#root, name)));
  }

  #declaresStill(name: string, value: string): boolean {
    try {
      const file = fromStored(this.#root, name);
      return declaresStill(value, this.contentHash(name), () => fs.readFileSync(file, 'utf8'));
    } catch (error) {
      swallowed('workspace', error, `comparing the declarations of ${name}; they count as changed`);
      return false;
    }
  }

  #pragmas(name: string): string | null {
    try {
      const file = fromStored(this.#root, name);
      // Reading a pipe or a device would block.
      if (!this.isVouchedFor(name) && !fs.statSync(file).isFile()) return null;
      const source = fs.readFileSync(file, 'utf8');
      if (!mayHaveDocblock(source)) return pragmasValue({});
      const { extract, parse } = fromJest(
        'jest-docblock',
        this.#root,
      )('jest-docblock') as typeof import('jest-docblock');
      return pragmasValue(parse(extract(source)));
    } catch (error) {
      swallowed('workspace', error, `reading the docblock of ${name}; it counts as changed`);
      return null;
    }
  }
}
