import type { Config } from '@jest/types';
import { PackageReader } from '../dependencies/packages/packages';
import { ignoredVariables } from '../dependencies/variables';
import { TestOutcomes } from '../run/test-outcomes';
import { asStoreError, isBeyondUse, type Store } from '../store';
import { FileStates } from '../workspace/file-states';
import { WorkingTree, type TreeRules } from '../workspace/working-tree';
import { packageCache } from './projects/environments';
import { replaceDamaged, type OpenedStore } from './open-store';
import { FlakyTests } from './checks/flaky-tests';
import { PartialFailures } from './partial-failures';
import { RunProjects } from './projects/run-projects';
import type { RunRequest } from './run-request';

/** What was read from the database when the run began. */
interface Known {
  projects: RunProjects;
  partialFailures: PartialFailures;
  flakyTests: FlakyTests;
  /** The time of the last commit at that moment. */
  began: number;
}

/** What the steps of a run share: its request, its database, the working tree, and the outcomes that Jest reports. */
export class RunContext {
  readonly request: RunRequest;
  readonly configs: readonly Config.ProjectConfig[];
  readonly packages: PackageReader;
  readonly tree: WorkingTree;
  readonly outcomes = new TestOutcomes();
  readonly #rules: TreeRules;
  #database: OpenedStore;
  #known: Known;

  /** @throws {StoreError} If the database fails. */
  constructor(
    request: RunRequest,
    configs: readonly Config.ProjectConfig[],
    database: OpenedStore,
  ) {
    this.request = request;
    this.configs = configs;
    this.packages = new PackageReader(request.root, packageCache(request.root, configs));
    this.#database = database;
    this.#rules = { ignoresVariable: ignoredVariables(request.options.ignoreVariables) };
    this.tree = WorkingTree.seenFrom(request.root, this.packages, () => this.store, this.#rules);
    this.#known = this.#read();
  }

  get store(): Store {
    return this.#database.store;
  }

  /** Whether this run may write to the database. */
  get writable(): boolean {
    return this.#database.writable;
  }

  /** Identifies the database file, even if another file takes its path. See `identityOf`. */
  get identity(): string | null {
    return this.#database.identity;
  }

  get projects(): RunProjects {
    return this.#known.projects;
  }

  get partialFailures(): PartialFailures {
    return this.#known.partialFailures;
  }

  get flakyTests(): FlakyTests {
    return this.#known.flakyTests;
  }

  /** The time of the database's last commit when this run began. */
  get began(): number {
    return this.#known.began;
  }

  /** Whether this run creates records. */
  get collects(): boolean {
    return this.request.collect && this.writable;
  }

  /**
   * Replaces a damaged database by a new one.
   * @returns False if the error has another cause, or the database cannot be replaced.
   */
  replaceIfDamaged(error: unknown): boolean {
    const { dataFile, logger } = this.request;
    const known = asStoreError(error, dataFile);
    if (!isBeyondUse(known) || !this.writable) return false;
    this.store.close();
    const replaced = replaceDamaged(dataFile, known, logger, this.identity);
    if (replaced === null) return false;
    this.#database = replaced;
    this.#known = this.#read();
    return true;
  }

  #read(): Known {
    const { store, request, configs, packages, tree } = this;
    const partialFailures = new PartialFailures(store, tree, () => this.#lookAgain());
    const projects = new RunProjects(request, store, configs, packages, tree);
    const flakyTests = new FlakyTests(
      () => store.flaky(),
      ({ environmentId }) =>
        projects.all.find((one) => one.environmentId === environmentId)?.environment.project ?? '',
    );
    return { projects, partialFailures, flakyTests, began: store.time() };
  }

  /** The working tree as it is now, not as this run began with. */
  #lookAgain(): WorkingTree {
    const states = new FileStates(() => this.store);
    return new WorkingTree(this.request.root, this.packages, states, null, this.#rules);
  }
}
