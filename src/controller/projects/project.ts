import * as path from 'node:path';
import type { Test, TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import picomatch from 'picomatch';
import { moduleExtensions } from '../../dependencies/resolution/extensions';
import {
  findMocks,
  mocksByPackage,
  namedBelowRoots,
  type Mocks,
} from '../../dependencies/resolution/mocks';
import { installedName } from '../../records/package-name';
import { packageFolder, realPath, toStored } from '../../dependencies/files/paths';
import { RealPaths } from '../../dependencies/files/real-paths';
import { fingerprintSet, mismatch, blockPresence, type View } from '../../selection/match';
import { judge, type CandidateTestFile, type Decision } from '../../selection/select';
import { TreeView } from '../../selection/tree-view';
import { unaffectedTests, type UnaffectedTests } from '../../selection/tests';
import { versionOfContent, type SelectionData, type Store, type StoredTestFile } from '../../store';
import type { KeptCoveredFile } from '../../records/coverage';
import type { Environment, FileVersion, LoadedVersion, ModuleForm } from '../../records/types';
import { candidateRecord, decoded, partsOf } from './candidates';
import { ProjectTransform } from '../../workspace/transformed';
import type { ProjectFacts, WorkingTree } from '../../workspace/working-tree';

/** A test file with the decision of selection. */
export interface JudgedTest {
  test: Test;
  /** Stored path. */
  path: string;
  decision: Decision;
  /** Duration of its last run, in milliseconds. Undefined if it was never recorded. */
  duration: number | undefined;
  /** When it failed recently, the newest first, in milliseconds since the epoch. */
  failures: readonly number[];
  /** Its tests that are skipped although it runs. Null if all of them run. */
  skips: UnaffectedTests | null;
}

/** What selection decided on a test file. */
export type Judgement = Omit<JudgedTest, 'test' | 'path'>;

/** Returns the name of a project in the key of its environment: its folder, and its display name if it has one. */
export function projectName(config: Config.ProjectConfig, root: string): string {
  const folder = toStored(root, realPath(config.rootDir)) || '.';
  const { displayName } = config;
  return displayName === undefined ? folder : `${folder} ${displayName.name}`;
}

/** Options of a project. */
export interface ProjectRules {
  /** Globs of test files that always run. */
  always: string[];
  /** Whether to find unaffected tests in affected test files. By default false. */
  byTest?: boolean;
  /** Whether to read all records completely at once, because the caller needs all of them. By default false. */
  readsAhead?: boolean;
}

/** From this many test files on, all test files of a project are loaded together. */
const MIN_FILES_LOADED_TOGETHER = 200;

/** How often selection starts again because another process has committed meanwhile. */
const MAX_ATTEMPTS = 3;

/** One Jest project of a run. Compares its records with the working tree. */
export class Project {
  readonly config: Config.ProjectConfig;
  readonly environment: Environment;
  /** The root that stored paths are relative to, an absolute path. */
  readonly root: string;
  /** The prefix of all paths below the root. */
  readonly #below: string;
  readonly tree: WorkingTree;
  readonly transform: ProjectTransform;
  /** Covered files that this run transformed for its report, for later runs. */
  readonly coveredFiles: KeptCoveredFile[] = [];
  readonly #always: ((path: string) => boolean) | null;
  readonly #byTest: boolean;
  readonly #readsAhead: boolean;
  readonly #skips = new Map<string, UnaffectedTests>();
  readonly #changedOutsideTests = new Set<string>();
  readonly #learnt: FileVersion[] = [];
  #mocks: Mocks | null = null;
  #data: SelectionData | null = null;
  #view: View | null = null;
  readonly #realPaths = new RealPaths();

  constructor(
    config: Config.ProjectConfig,
    environment: Environment,
    root: string,
    tree: WorkingTree,
    { always, byTest = false, readsAhead = false }: ProjectRules,
  ) {
    this.config = config;
    this.environment = environment;
    this.root = root;
    this.#below = root + path.sep;
    this.tree = tree;
    this.transform = new ProjectTransform(config, root);
    this.#byTest = byTest;
    this.#readsAhead = readsAhead;
    this.#always = always.length > 0 ? picomatch(always, { dot: true }) : null;
  }

  /** The row id of its environment. */
  get environmentId(): number {
    return this.environment.id;
  }

  /** The name of the runner: its package, or its path in the project. Null for Jest's own. */
  get otherRunner(): string | null {
    const { runner } = this.config;
    const folder = packageFolder(runner);
    if (folder === null) return toStored(this.root, runner);
    const name = installedName(toStored(this.root, folder));
    return name === 'jest-runner' ? null : name;
  }

  /** Contents of which this run found out to which blocks they transform. */
  get learnt(): readonly FileVersion[] {
    return this.#learnt;
  }

  /** The tests to skip in affected test files, by stored path of the test file. */
  get skips(): ReadonlyMap<string, UnaffectedTests> {
    return this.#skips;
  }

  /** Order-dependent test files that changed outside of their tests, so that they may no longer be order-dependent. */
  get changedOutsideTests(): ReadonlySet<string> {
    return this.#changedOutsideTests;
  }

  /** The project settings that the values of dependencies depend on. */
  get facts(): ProjectFacts {
    return { extensions: moduleExtensions(this.config), mocks: this.#mocks };
  }

  /** Searches for manual mocks, if Jest has not provided them with a test file. */
  findMocks(): void {
    const { rootDir, roots } = this.config;
    this.#mocks = mocksByPackage(findMocks(rootDir, roots));
  }

  /** The stored data of this project. Null before `judge`. */
  get data(): SelectionData | null {
    return this.#data;
  }

  /** The comparison of the stored data with the working tree. Null before `judge`. */
  get view(): View | null {
    return this.#view;
  }

  /** Returns the stored path of a test file. */
  pathOf(test: { path: string }): string {
    const name = test.path.startsWith(this.#below) ? test.path.slice(this.#below.length) : '';
    return this.tree.isVouchedFor(name) ? name : toStored(this.root, this.#realPaths.of(test.path));
  }

  /** Returns the decision on a test file that was never recorded. */
  unrecorded(test: Test): JudgedTest {
    return { test, path: this.pathOf(test), ...NEVER_RECORDED };
  }

  /** Decides on the given test files. */
  async judge(store: Store, tests: readonly Test[]): Promise<JudgedTest[]> {
    const [first] = tests;
    if (first !== undefined) {
      const { mocks, map } = first.context.moduleMap.getRawModuleMap();
      this.#mocks = mocksByPackage([...mocks, ...namedBelowRoots(map)]);
    }
    let paths: string[] = [];
    const judged = await this.#judgeAll(store, tests.length, () => {
      return (paths = tests.map((test) => this.pathOf(test)));
    });
    return tests.map((test, index) => {
      const path = paths[index] ?? '';
      return { test, path, ...(judged.get(path) ?? NEVER_RECORDED) };
    });
  }

  /** Like `judge`, by stored path. */
  async judgePaths(store: Store, paths: readonly string[]): Promise<Map<string, Judgement>> {
    return this.#judgeAll(store, paths.length, () => paths);
  }

  /** @param find Returns the stored paths of the test files. Called late: it is faster once git has answered. */
  async #judgeAll(
    store: Store,
    count: number,
    find: () => readonly string[],
  ): Promise<Map<string, Judgement>> {
    if (count <= MIN_FILES_LOADED_TOGETHER || this.#readsAhead) {
      const paths = find();
      const data = store.load(this.environmentId, paths);
      return this.#decide(store, paths, data, await this.#prepare(data));
    }
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const data = store.loadLazily(this.environmentId);
      const view = await this.#prepare(data);
      const paths = find();
      const done = store.asLoaded(data, () => this.#decide(store, paths, data, view));
      if (done !== null) return done.result;
    }
    const data = store.load(this.environmentId);
    return this.#decide(store, find(), data, await this.#prepare(data));
  }

  async #prepare(data: SelectionData): Promise<View> {
    this.#data = data;
    await this.tree.prepare();
    await this.transform.forgetEarlierRuns();
    return (this.#view = await this.#look(data));
  }

  #decide(
    store: Store,
    paths: readonly string[],
    data: SelectionData,
    view: View,
  ): Map<string, Judgement> {
    const failures = store.failures(this.environment.project);
    this.#skips.clear();
    this.#changedOutsideTests.clear();
    return new Map(
      paths.map((path) => {
        const stored = data.testFiles.get(path);
        const candidate: CandidateTestFile | undefined = stored && {
          failed: stored.failed,
          always: this.#always?.(path) === true,
          records: stored.records.map((record) => candidateRecord(record, data, view)),
        };
        const decision = judge(candidate);
        const skips =
          stored !== undefined && decision.affected && decision.reason === 'changed'
            ? this.#lookInside(store, stored, view)
            : null;
        if (skips !== null) this.#skips.set(path, skips);
        return [
          path,
          { decision, duration: stored?.duration, failures: failures.get(path) ?? [], skips },
        ];
      }),
    );
  }

  /** Returns the tests of an affected test file that need not run. Null if all must run. */
  #lookInside(store: Store, testFile: StoredTestFile, view: View): UnaffectedTests | null {
    const { path, records, orderDependent } = testFile;
    const complete = records.filter((record) => record.complete);
    if (orderDependent) {
      const [latest] = complete;
      const shared = latest && store.shared(latest.id);
      if (shared == null) return null;
      const changed = mismatch(decoded(shared), view).versions;
      if (changed.some((id) => this.#data?.versions.get(id)?.path === path))
        this.#changedOutsideTests.add(path);
      return null;
    }
    return this.#byTest ? unaffectedTests(partsOf(store, complete), view) : null;
  }

  /** Compares the recorded blocks with the working tree. Only files with unknown content are transformed. */
  async #look(data: SelectionData): Promise<View> {
    const { facts } = this;
    const view = new TreeView(data, (id) => {
      const dependency = data.dependencies.get(id);
      return dependency !== undefined && this.tree.holds(dependency, facts);
    });
    for (const versions of data.byFile()) {
      const [first] = versions;
      if (first === undefined) continue;
      const { path } = first;
      const content = this.tree.contentHash(path);
      if (versions.length === 1 && content !== null && first.contents.includes(content)) {
        view.note(first, 'all');
        continue;
      }
      for (const form of FORMS) {
        const alike = versions.filter((version) => version.form === form);
        if (alike.length > 0) await this.#notePresence(view, alike, path, form, content);
      }
    }
    return view;
  }

  /**
   * Returns the present blocks of a file, through Jest's own cached transform.
   * @param path Stored path.
   * @param text Replaces the content of the file.
   * @returns Null if the file does not transform, or its output cannot carry probes.
   */
  async currentVersion(path: string, form: ModuleForm, text?: string): Promise<FileVersion | null> {
    const metadata = await this.transform.metadata(path, form, text);
    return metadata?.path === path ? metadata : null;
  }

  /** Compares the recorded versions of one file with the present one. */
  async #notePresence(
    view: TreeView,
    versions: readonly LoadedVersion[],
    path: string,
    form: ModuleForm,
    content: string | null,
  ): Promise<void> {
    const now = await this.#current(versions, path, form, content);
    const fingerprints = now && fingerprintSet(now.fingerprints);
    for (const version of versions) {
      if (version === now) view.note(version, 'all');
      else if (fingerprints !== null)
        view.note(version, blockPresence(version.fingerprints, fingerprints));
    }
  }

  /** Returns the present version of a file, recorded or just transformed. Null if it does not transform. */
  async #current(
    versions: readonly LoadedVersion[],
    path: string,
    form: ModuleForm,
    content: string | null,
  ): Promise<LoadedVersion | FileVersion | null> {
    if (content === null) return null;
    const known = versionOfContent(versions, form, content);
    if (known !== undefined) return known;
    const transformed = await this.currentVersion(path, form);
    if (transformed === null) return null;
    const version = { ...transformed, contentHash: content };
    this.#learnt.push(version);
    return version;
  }
}

const FORMS: readonly ModuleForm[] = ['commonjs', 'module', 'node'];

const NEVER_RECORDED: Judgement = {
  decision: { affected: true, reason: 'new' },
  duration: undefined,
  failures: [],
  skips: null,
};

/** Returns the projects of some tests, without duplicates and in order. */
export function contextsOf(tests: readonly Test[]): TestContext[] {
  return [...new Set(tests.map((test) => test.context))];
}
