import type { Test, TestContext } from '@jest/test-result';
import type { Config } from '@jest/types';
import picomatch from 'picomatch';
import { realPath, toStored } from '../dependencies/paths';
import {
  fingerprintSet,
  matches,
  mismatch,
  standingOf,
  type DecodedFootprint,
  type Standing,
  type View,
} from '../selection/match';
import { judge, type CandidateTestFile, type Verdict } from '../selection/select';
import { unaffectedTests, type CandidateParts, type UnaffectedTests } from '../selection/tests';
import {
  decodeBlocks,
  decodeIds,
  type SelectionData,
  type Store,
  type StoredRecord,
  type StoredTestFile,
  type StoredVersion,
} from '../store';
import type { Environment, FileVersion, ModuleForm } from '../store/types';
import { ProjectTransform } from './transformed';
import type { WorkingTree } from './working-tree';

/** A test file of a run, with what selection decided. */
export interface JudgedTest {
  test: Test;
  /** Relative path. */
  path: string;
  verdict: Verdict;
  /** Milliseconds, of its last run; undefined where never recorded. */
  duration: number | undefined;
  /** Its tests that are skipped all the same; null where it runs whole. */
  skips: UnaffectedTests | null;
}

/** What a project is called in an environment row: its folder, and its display name where it has one. */
export function projectName(config: Config.ProjectConfig, root: string): string {
  const folder = toStored(root, realPath(config.rootDir)) || '.';
  const { displayName } = config;
  return displayName === undefined ? folder : `${folder} ${displayName.name}`;
}

/** One Jest project of a run: its records against the working tree. */
export class Project {
  readonly config: Config.ProjectConfig;
  readonly environment: Environment;
  readonly #root: string;
  readonly #tree: WorkingTree;
  readonly #transform: ProjectTransform;
  readonly #always: ((path: string) => boolean) | null;
  readonly #byTest: boolean;
  readonly #skips = new Map<string, UnaffectedTests>();
  readonly #rearranged = new Set<string>();
  readonly #learnt: FileVersion[] = [];
  #data: SelectionData | null = null;

  constructor(
    config: Config.ProjectConfig,
    environment: Environment,
    root: string,
    tree: WorkingTree,
    { always, byTest = false }: { always: string[]; byTest?: boolean },
  ) {
    this.config = config;
    this.environment = environment;
    this.#root = root;
    this.#tree = tree;
    this.#transform = new ProjectTransform(config, root);
    this.#byTest = byTest;
    this.#always = always.length > 0 ? picomatch(always, { dot: true }) : null;
  }

  /** The row of its environment. */
  get environmentId(): number {
    return this.environment.id;
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
  get rearranged(): ReadonlySet<string> {
    return this.#rearranged;
  }

  /** What is stored of this project; empty until `judge`. */
  get data(): SelectionData | null {
    return this.#data;
  }

  /** The place of a test file in the records. */
  pathOf(test: { path: string }): string {
    return toStored(this.#root, realPath(test.path));
  }

  /** The verdict on a test file of which nothing is known. */
  unrecorded(test: Test): JudgedTest {
    return { test, path: this.pathOf(test), ...NEVER_RECORDED };
  }

  /** Decides on the given test files against the working tree. */
  async judge(store: Store, tests: readonly Test[]): Promise<JudgedTest[]> {
    const paths = tests.map((test) => this.pathOf(test));
    const judged = await this.judgePaths(store, paths);
    return tests.map((test, index) => {
      const path = paths[index] ?? '';
      return { test, path, ...(judged.get(path) ?? NEVER_RECORDED) };
    });
  }

  /** As `judge`, by relative path. */
  async judgePaths(
    store: Store,
    paths: readonly string[],
  ): Promise<Map<string, Omit<JudgedTest, 'test' | 'path'>>> {
    const data = store.load(this.environmentId, [...paths]);
    this.#data = data;
    const view = await this.#view(data);
    this.#skips.clear();
    this.#rearranged.clear();
    return new Map(
      paths.map((path) => {
        const stored = data.testFiles.get(path);
        const candidate: CandidateTestFile | undefined = stored && {
          failed: stored.failed,
          always: this.#always?.(path) === true,
          records: stored.records.map((record) => candidateRecord(record, view)),
        };
        const verdict = judge(candidate);
        const skips =
          stored !== undefined && verdict.affected && verdict.reason === 'changed'
            ? this.#lookInside(store, stored, view)
            : null;
        if (skips !== null) this.#skips.set(path, skips);
        return [path, { verdict, duration: stored?.duration, skips }];
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
        this.#rearranged.add(path);
      return null;
    }
    return this.#byTest ? unaffectedTests(partsOf(store, complete), view) : null;
  }

  /** Which of the recorded blocks are in the working tree now. Only files whose content is unknown are transformed. */
  async #view(data: SelectionData): Promise<View> {
    const standings = new Map<number, Standing>();
    const byFile = new Map<string, StoredVersion[]>();
    for (const version of data.versions.values()) {
      const key = fileKey(version);
      const versions = byFile.get(key);
      if (versions === undefined) byFile.set(key, [version]);
      else versions.push(version);
    }
    for (const [key, versions] of byFile) {
      const now = await this.#current(key, versions, data);
      for (const version of versions) standings.set(version.id, now(version));
    }
    const held = new Map<number, boolean>();
    return {
      standing: (version) => standings.get(version) ?? 'none',
      holds: (id) => {
        let holds = held.get(id);
        if (holds === undefined) {
          const dependency = data.dependencies.get(id);
          holds =
            dependency !== undefined &&
            this.#tree.holds(dependency, this.config.moduleFileExtensions);
          held.set(id, holds);
        }
        return holds;
      },
    };
  }

  /**
   * The blocks that a file has now, through Jest's own cached transform.
   * @returns Null where it does not transform, or cannot carry probes.
   */
  async currentVersion(path: string, form: ModuleForm): Promise<FileVersion | null> {
    const metadata = await this.#transform.metadata(path, form);
    return metadata?.path === path ? metadata : null;
  }

  /** How each version of one file stands. */
  async #current(
    key: string,
    versions: StoredVersion[],
    data: SelectionData,
  ): Promise<(version: StoredVersion) => Standing> {
    const [first] = versions;
    const content = first === undefined ? null : this.#tree.contentHash(first.path);
    if (first === undefined || content === null) return () => 'none';
    const known = data.contents.get(key)?.get(content);
    const knownVersion = known === undefined ? undefined : data.versions.get(known);
    if (knownVersion !== undefined && versions.length === 1) return () => 'all';
    let fingerprints = knownVersion?.fingerprints;
    if (fingerprints === undefined) {
      const metadata = await this.#transform.metadata(first.path, first.form);
      if (metadata === null || metadata.path !== first.path) return () => 'none';
      this.#learnt.push({ ...metadata, contentHash: content });
      fingerprints = metadata.fingerprints;
    }
    const now = fingerprintSet(fingerprints);
    return (version) => (version.id === known ? 'all' : standingOf(version.fingerprints, now));
  }
}

const NEVER_RECORDED: Omit<JudgedTest, 'test' | 'path'> = {
  verdict: { affected: true, reason: 'new' },
  duration: undefined,
  skips: null,
};

function fileKey(version: StoredVersion): string {
  return `${version.path}|${version.form}`;
}

function candidateRecord(record: StoredRecord, view: View): CandidateTestFile['records'][number] {
  let known: DecodedFootprint | undefined;
  const footprint = () => (known ??= decoded(record));
  return {
    id: record.id,
    complete: record.complete,
    matches: () => matches(footprint(), view),
    mismatch: () => mismatch(footprint(), view),
  };
}

/** Takes records apart, one after the other. */
function* partsOf(store: Store, records: readonly StoredRecord[]): Generator<CandidateParts> {
  for (const { id } of records) {
    const shared = store.shared(id);
    if (shared === null) continue;
    yield {
      recordId: id,
      shared: decoded(shared),
      tests: store.tests(id).map((test) => ({ ...test, ...decoded(test) })),
    };
  }
}

function decoded({
  blocks,
  dependencies,
}: {
  blocks: Buffer;
  dependencies: Buffer;
}): DecodedFootprint {
  return { blocks: decodeBlocks(blocks), dependencies: decodeIds(dependencies) };
}

/** The projects of some tests, each once, in order. */
export function contextsOf(tests: readonly Test[]): TestContext[] {
  return [...new Set(tests.map((test) => test.context))];
}
