import * as fs from 'node:fs';
import { contentHash } from '../dependencies/files/content';
import { declaresStill } from '../dependencies/declaration-signature';
import { RACY_MS } from '../dependencies/files/stat-cache';
import { listingValue } from '../dependencies/files/listing';
import { manifestValue } from '../dependencies/packages/manifest';
import { mocksHold, type Mocks } from '../dependencies/resolution/mocks';
import { LINK, linkValue } from '../dependencies/resolution/closer-node-modules';
import type { PackageReader } from '../dependencies/packages/packages';
import { fromStored } from '../dependencies/files/paths';
import { mayHaveDocblock, pragmasHold, pragmasValue } from '../dependencies/pragmas';
import { getOrCreate } from '../dependencies/get-or-create';
import {
  FolderReader,
  resolutionCandidatesValue,
} from '../dependencies/resolution/resolution-candidates';
import { kindAt, type Kind } from '../dependencies/files/stats';
import { variableHolds, variableNamesValue } from '../dependencies/variables';
import { fromJest } from '../run/user-jest';
import type { Dependency } from '../records/types';
import type { FileState, Store } from '../store';
import { FileStates } from './file-states';
import { GitFiles } from './git-files';
import { swallowed } from '../terminal/debug';

/** From this many file versions on, git answers sooner than we could look at every file. */
const MIN_VERSIONS_FOR_GIT = 1_000;

/** What the working tree is seen by. */
export interface TreeRules {
  /** Which environment variables never count. */
  ignoresVariable: (name: string) => boolean;
}

/** What a dependency's value depends on besides the working tree; it differs from project to project. */
export interface ProjectFacts {
  /** As Jest tries them: see `moduleExtensions`. */
  extensions: readonly string[];
  /** Null where they were not looked for. */
  mocks: Mocks | null;
}

/** The state of the project's files now. Each is looked at once. */
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
  /** What a record would keep of the names of all environment variables. */
  readonly variableNames: string;

  /**
   * @param states What was known of the files on this machine: same size, times and inode mean same content.
   * @param git Null where asking it is not worth its start.
   */
  constructor(
    root: string,
    packages: PackageReader,
    states: FileStates,
    git: GitFiles | null,
    { ignoresVariable }: TreeRules,
  ) {
    this.variableNames = variableNamesValue(process.env, ignoresVariable);
    this.#root = root;
    this.#folders = new FolderReader(root);
    this.#packages = packages;
    this.#states = states;
    this.#git = git;
  }

  /**
   * The working tree below a root, with what a database knows of it.
   * @param packages What reads the installed packages.
   * @param store The database at hand: null where there is none; a damaged one may be replaced later.
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

  /** Waits for what git has to say. Without it the answers are the same, only later. */
  async prepare(): Promise<void> {
    if (this.#git !== null) this.#vouched = await this.#git.unchanged();
  }

  /** Whether git says that a stored path is a regular file, and was not changed; nothing on the way to it is a link. */
  isVouchedFor(name: string): boolean {
    return this.#vouched.has(name);
  }

  /** What was found out about files whose state was not known. */
  get learnt(): readonly FileState[] {
    return this.#learnt;
  }

  /** The git blob hash of a file's content; null where there is no such file. */
  contentHash(name: string): string | null {
    return this.#vouched.get(name) ?? getOrCreate(this.#hashes, name, () => this.#hash(name));
  }

  /** Whether a dependency still has the value that was recorded. */
  holds({ kind, name, value }: Dependency, { extensions, mocks }: ProjectFacts): boolean {
    switch (kind) {
      case 'file':
        return this.contentHash(name) === value;
      case 'absent':
        return !this.#exists(name);
      case 'present':
        return value.startsWith(LINK)
          ? linkValue(this.#root, name) === value
          : this.#kind(name) === value;
      case 'listing':
        return listingValue(fromStored(this.#root, name)) === value;
      case 'package':
        return this.#packages.value(fromStored(this.#root, name)) === value;
      case 'variable':
        return name === ''
          ? this.variableNames === value
          : variableHolds(name, process.env[name], value);
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
      // A file written just now could change again within its timestamp's grain, as git's racily clean entries.
      if (Date.now() - Number(stats.mtimeMs) > RACY_MS)
        this.#learnt.push({ ...state, contentHash: hash });
      return hash;
    } catch {
      // There is no such file, or it cannot be read: it differs from every recorded content.
      return null;
    }
  }

  #exists(name: string): boolean {
    return this.#kind(name) !== null;
  }

  #kind(name: string): Kind | null {
    return kindAt(fromStored(this.#root, name));
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
      // Reading a pipe or a device would never end.
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
