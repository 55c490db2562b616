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
import type { Environment, FileVersion, LoadedVersion, ModuleForm } from '../../records/types';
import { candidateRecord, decoded, partsOf } from './candidates';
import { ProjectTransform } from '../../workspace/transformed';
import type { ProjectFacts, WorkingTree } from '../../workspace/working-tree';

/** A test file of a run, with what selection decided. */
export interface JudgedTest {
  test: Test;
  /** Relative path. */
  path: string;
  decision: Decision;
  /** Milliseconds, of its last run; undefined where never recorded. */
  duration: number | undefined;
  /** When it failed lately, newest first, in milliseconds since the epoch. */
  failures: readonly number[];
  /** Its tests that are skipped all the same; null where it runs whole. */
  skips: UnaffectedTests | null;
}

/** What selection decided on a test file. */
export type Judgement = Omit<JudgedTest, 'test' | 'path'>;

/** What a project is called in an environment row: its folder, and its display name where it has one. */
export function projectName(config: Config.ProjectConfig, root: string): string {
  const folder = toStored(root, realPath(config.rootDir)) || '.';
  const { displayName } = config;
  return displayName === undefined ? folder : `${folder} ${displayName.name}`;
}

/** How a project is looked at. */
export interface ProjectRules {
  /** Globs of test files that always run. */
  always: string[];
  /** Look for unaffected tests inside of affected test files. Default: false. */
  byTest?: boolean;
  /** Read all of every record at once, for those who look at them all. Default: false. */
  readsAhead?: boolean;
}

/** From this many test files on, those of a project are loaded together. */
const MIN_FILES_LOADED_TOGETHER = 200;

/** How often selection begins anew because another process commits meanwhile. */
const MAX_ATTEMPTS = 3;

/** One Jest project of a run: its records against the working tree. */
export class Project {
  readonly config: Config.ProjectConfig;
  readonly environment: Environment;
  readonly #root: string;
  /** How the path of everything below the root begins. */
  readonly #below: string;
  readonly #tree: WorkingTree;
  readonly #transform: ProjectTransform;
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
    this.#root = root;
    this.#below = root + path.sep;
    this.#tree = tree;
    this.#transform = new ProjectTransform(config, root);
    this.#byTest = byTest;
    this.#readsAhead = readsAhead;
    this.#always = always.length > 0 ? picomatch(always, { dot: true }) : null;
  }

  /** The row of its environment. */
  get environmentId(): number {
    return this.environment.id;
  }

  /** What a runner that is not Jest's own is called: its package, or its path in the project; null for Jest's own. */
  get otherRunner(): string | null {
    const { runner } = this.config;
    const folder = packageFolder(runner);
    if (folder === null) return toStored(this.#root, runner);
    const name = installedName(toStored(this.#root, folder));
    return name === 'jest-runner' ? null : name;
  }

  /** Which content turned out to transform into which blocks. */
  get learnt(): readonly FileVersion[] {
    return this.#learnt;
  }

  /** Tests to skip in affected test files, by relative path of the test file. */
  get skips(): ReadonlyMap<string, UnaffectedTests> {
    return this.#skips;
  }

  /**
   * Test files that were found order-dependent, whose own code outside of the tests has changed since: what made
   * their tests depend on each other may be gone.
   */
  get changedOutsideTests(): ReadonlySet<string> {
    return this.#changedOutsideTests;
  }

  /** What the values of dependencies depend on here. */
  get facts(): ProjectFacts {
    return { extensions: moduleExtensions(this.config), mocks: this.#mocks };
  }

  /** Looks for manual mocks where no test file comes with what Jest knows of them. */
  findMocks(): void {
    const { rootDir, roots } = this.config;
    this.#mocks = mocksByPackage(findMocks(rootDir, roots));
  }

  /** What is stored of this project; empty until `judge`. */
  get data(): SelectionData | null {
    return this.#data;
  }

  /** How what is stored stands in the working tree; null until `judge`. */
  get view(): View | null {
    return this.#view;
  }

  /** The place of a test file in the records. */
  pathOf(test: { path: string }): string {
    const name = test.path.startsWith(this.#below) ? test.path.slice(this.#below.length) : '';
    return this.#tree.isVouchedFor(name)
      ? name
      : toStored(this.#root, this.#realPaths.of(test.path));
  }

  /** The verdict on a test file of which nothing is known. */
  unrecorded(test: Test): JudgedTest {
    return { test, path: this.pathOf(test), ...NEVER_RECORDED };
  }

  /** Decides on the given test files against the working tree. */
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

  /** As `judge`, by relative path. */
  async judgePaths(store: Store, paths: readonly string[]): Promise<Map<string, Judgement>> {
    return this.#judgeAll(store, paths.length, () => paths);
  }

  /** @param find Finds the relative paths of the test files; sooner where git was asked, so it comes late. */
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
    await this.#tree.prepare();
    await this.#transform.forgetEarlierRuns();
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

  /** Which tests of an affected test file need not run. */
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

  /** Which of the recorded blocks are in the working tree now. Only files whose content is unknown are transformed. */
  async #look(data: SelectionData): Promise<View> {
    const { facts } = this;
    const view = new TreeView(data, (id) => {
      const dependency = data.dependencies.get(id);
      return dependency !== undefined && this.#tree.holds(dependency, facts);
    });
    for (const versions of data.byFile()) {
      const [first] = versions;
      if (first === undefined) continue;
      const { path } = first;
      const content = this.#tree.contentHash(path);
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
   * The blocks that a file has now, through Jest's own cached transform.
   * @param text In the place of what is in the file.
   * @returns Null where it does not transform, or cannot carry probes.
   */
  async currentVersion(path: string, form: ModuleForm, text?: string): Promise<FileVersion | null> {
    const metadata = await this.#transform.metadata(path, form, text);
    return metadata?.path === path ? metadata : null;
  }

  /** Finds out how each version of one file stands. */
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

  /** The version that the file is now: one of those recorded, or what it transforms to; null where it does not. */
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

/** The projects of some tests, each once, in order. */
export function contextsOf(tests: readonly Test[]): TestContext[] {
  return [...new Set(tests.map((test) => test.context))];
}
