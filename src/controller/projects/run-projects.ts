import type { Test } from '@jest/test-result';
import type { Config } from '@jest/types';
import type { PackageReader } from '../../dependencies/packages/packages';
import type { TestFileKey } from '../../records/types';
import type { UnaffectedTests } from '../../selection/tests';
import type { Store } from '../../store';
import { count, some } from '../../terminal/logger';
import type { WorkingTree } from '../../workspace/working-tree';
import { findEnvironments, knownEnvironments } from './environments';
import { Project } from './project';
import type { RunRequest } from '../run-request';

/** The Jest projects of a run, each with its environment. */
export class RunProjects {
  readonly #request: RunRequest;
  /** By the id of the Jest config. */
  readonly #projects = new Map<string, Project>();
  /**
   * Projects of a read-only database whose records all come from another tool chain. Nothing may be selected by such
   * records.
   */
  readonly #outdated = new Set<Project>();

  /**
   * Finds or creates the environment of each project. For `--listTests` it creates none.
   * @throws {StoreError} If the database fails, or is read-only and lacks an environment.
   */
  constructor(
    request: RunRequest,
    store: Store,
    configs: readonly Config.ProjectConfig[],
    packages: PackageReader,
    tree: WorkingTree,
  ) {
    this.#request = request;
    const { root, options, select, verify, coverage } = request;
    const find = request.listing ? knownEnvironments : findEnvironments;
    const environments = find(store, { ...request, packages }, configs);
    for (const [index, { environment, isCurrent }] of environments.entries()) {
      const config = configs[index];
      if (config === undefined) continue;
      const project = new Project(config, environment, root, tree, {
        always: options.always,
        // A report on some of the tests misleads.
        byTest: options.granularity === 'test' && (select || verify) && !coverage,
      });
      this.#projects.set(config.id, project);
      if (!isCurrent) this.#outdated.add(project);
    }
  }

  /** All projects in the order of the configs. */
  get all(): Project[] {
    return [...this.#projects.values()];
  }

  /** The runners that are not Jest's own, as absolute paths. */
  get otherRunners(): string[] {
    const others = this.all.filter(({ otherRunner }) => otherRunner !== null);
    return [...new Set(others.map(({ config }) => config.runner))];
  }

  /** All projects with the ids of their Jest configs. */
  get entries(): Iterable<[configId: string, Project]> {
    return this.#projects;
  }

  /** Returns the project of a Jest config. Undefined if it takes no part in the run. */
  byId(configId: string): Project | undefined {
    return this.#projects.get(configId);
  }

  /** Returns the project of a test file. */
  of({ context }: Pick<Test, 'context'>): Project | undefined {
    return this.#projects.get(context.config.id);
  }

  /** Returns the key of a test file in the records. Null if its project takes no part in the run. */
  keyOf(configId: string, testPath: string): TestFileKey | null {
    const project = this.#projects.get(configId);
    if (project === undefined) return null;
    return { environmentId: project.environmentId, path: project.pathOf({ path: testPath }) };
  }

  /** Whether nothing may be selected by the records of a project. */
  isOutdated(project: Project): boolean {
    return this.#outdated.has(project);
  }

  /** Whether nothing may be selected by any record. */
  get areAllOutdated(): boolean {
    return this.#projects.size > 0 && this.#outdated.size === this.#projects.size;
  }

  /** Returns the tests that this run skips, by stored path of the test file. None if the run only compares. */
  skipsOf({ skips }: Project): ReadonlyMap<string, UnaffectedTests> {
    return this.#request.select ? skips : NO_SKIPS;
  }

  /** The test files in which this run skips some of the tests. */
  get testFilesWithSkips(): TestFileKey[] {
    return this.all.flatMap((project) =>
      Array.from(this.skipsOf(project).keys(), (path) => ({
        environmentId: project.environmentId,
        path,
      })),
    );
  }

  /** Whether a test file is order-dependent and has changed outside of its tests. */
  wasChangedOutsideTests({ environmentId, path }: TestFileKey): boolean {
    return this.all.some(
      (project) => project.environmentId === environmentId && project.changedOutsideTests.has(path),
    );
  }

  /** Tells the user what it means that the database is read-only. */
  explainReadonly(): void {
    const { dataFile, logger } = this.#request;
    const outdated = Array.from(this.#outdated, ({ environment }) => environment.project);
    if (outdated.length === 0) {
      logger.warn(
        `${dataFile} cannot be written, so this run selects by what it holds and records nothing; make it writable to record.`,
      );
      return;
    }
    const isAll = this.areAllOutdated;
    logger.warn(
      `${dataFile} cannot be written, and what it holds${isAll ? '' : ` of ${count(outdated.length, 'project')}${some(outdated)}`} was recorded with another Jest config, transformer, Node or Jest version, so everything${isAll ? '' : ' in there'} runs and nothing is recorded; make it writable to record anew.`,
    );
  }
}

const NO_SKIPS: ReadonlyMap<string, UnaffectedTests> = new Map();
