/**
 * The data that the store keeps. All shapes are plain data and contain neither SQL nor Jest. Paths are relative to
 * the root of the project and use forward slashes.
 */
import type { CountedScripts, FileHits, KeptCoveredFile } from './coverage';

/**
 * How a file was transformed: Jest asks a transformer for CommonJS or for an ES module. `node` is an untransformed
 * file, which Node runs in a child process.
 */
export type ModuleForm = 'commonjs' | 'module' | 'node';

/** One version of a transformed file: the fingerprints of its blocks in tree order (parents first). */
export interface FileVersion {
  path: string;
  /**
   * Git blob hash (hex) of the source that was transformed to this version. Empty for a version that was read from
   * the database.
   */
  contentHash: string;
  form: ModuleForm;
  /** Eight bytes per block, in tree order. */
  fingerprints: Buffer;
  /** The encoded locations of the blocks in the source, for messages: see `decodeLocations`. */
  places: string;
  /** The groups of counters in it, where it was covered: see `coverage/hits.ts`. */
  layout?: Buffer;
}

/** Increase this when a kind of dependency records less than before. Earlier records then no longer match. */
export const DEPENDENCIES_VERSION = 2;

/**
 * - `file`: the content of a file. Value: its git blob hash.
 * - `absent`: a path that was looked up and did not exist. Value: empty.
 * - `present`: a path that was looked up and existed. Value: see `presenceQuestion`.
 * - `listing`: the entries of a folder. Value: a hash of their sorted names.
 * - `package`: an installed package, named by its folder. Value: its version, its patches, and a hash of its nested
 *   packages.
 * - `manifest`: the package.json of a package in the project. Value: a hash of the keys that matter for the package's
 *   files.
 * - `declared`: a source that others are compiled with. Value: its content hash, and a hash of its declarations.
 * - `variable`: an environment variable. Value: a hash of its value, or empty if it is not set. The empty name stands
 *   for the names of all variables; its value is their hash.
 * - `pragmas`: the docblock pragmas of a test file. Value: their hash.
 * - `rivals`: the path of a module. Value: the existing paths beside it that could win over it in module resolution.
 * - `mocks`: a package or Node module, by name. Value: the manual mocks that Jest knows for it. Those that the test
 *   file did not load have the prefix `./`.
 * - `always`: never matches. The test file asked to run always or, with the value `read`, it read a pipe or a device.
 */
export type DependencyKind =
  | 'file'
  | 'absent'
  | 'present'
  | 'listing'
  | 'package'
  | 'manifest'
  | 'declared'
  | 'variable'
  | 'pragmas'
  | 'rivals'
  | 'mocks'
  | 'always';

/** Something other than a block that a result depends on. */
export interface Dependency {
  kind: DependencyKind;
  name: string;
  value: string;
}

/** The executed blocks of one file version. Bit i of `bits` is block i, least significant bit first. */
export interface ExecutedBlocks {
  version: FileVersion;
  bits: Uint8Array;
}

/** What a test depends on, or what all tests of a test file share. */
export interface Footprint {
  blocks: ExecutedBlocks[];
  dependencies: Dependency[];
}

/** The outcome of one test. */
export type TestOutcome = 'passed' | 'failed' | 'skipped' | 'todo';

/** One test of a test file. */
export interface TestResultRecord extends Footprint {
  /** The titles of the describe blocks around the test, then its own. */
  name: string[];
  /** The index among the tests with the same name in one file. */
  ordinal: number;
  outcome: TestOutcome;
  /** Milliseconds. */
  duration: number;
}

/** The result of one run of one test file. */
export interface TestFileRecord {
  environmentId: number;
  path: string;
  /** `failed` includes failing tests, a crash, and a test file that could not be loaded. */
  outcome: 'passed' | 'failed';
  /**
   * False if a name pattern or `bail` kept some of its tests from running. Then the record never matches the whole
   * test file.
   */
  complete: boolean;
  /** Milliseconds. */
  duration: number;
  /** Milliseconds since the epoch. */
  recordedAt: number;
  shared: Footprint;
  tests: TestResultRecord[];
  /** What it hit of each covered file; absent where it ran without coverage, or that is not known. */
  coverage?: FileHits[];
  /** What V8 counted in each; absent where V8 was not asked, or that is not known. */
  scripts?: CountedScripts;
}

/** Identifies an environment. Records of one environment say nothing about another. */
export interface EnvironmentKey {
  /** The user's name for it: `TESTMON_ENV` or `--testmon-env`. */
  name: string;
  /** The name of the Jest project. */
  project: string;
  nodeMajor: number;
  platform: string;
  /** Hash of everything that shapes all results: Jest's version, the project config, transformers, tool chain. */
  hash: string;
}

/** An environment with its row id. */
export interface Environment extends EnvironmentKey {
  id: number;
}

/** A file version as selection loads it, without the locations of its blocks. */
export interface StoredVersion {
  id: number;
  path: string;
  form: ModuleForm;
  /** Eight bytes per block, in tree order. */
  fingerprints: Buffer;
}

/** A file version with the hashes of the contents that are known to transform to it. */
export interface LoadedVersion extends StoredVersion {
  contents: readonly string[];
  /** The number of bytes that the bits of its executed blocks can have. */
  bitLimit: number;
}

/** A passing record as selection loads it. Its footprint is decoded on demand. */
export interface StoredRecord {
  id: number;
  /** Hash of the record's content, which is the same in every database that contains the record. */
  hash: string;
  complete: boolean;
  /** Milliseconds. */
  duration: number;
  /** Milliseconds since the epoch. */
  recordedAt: number;
  /** When it last matched the working tree, in milliseconds since the epoch. */
  matchedAt: number;
  /** The executed blocks of the whole test file, for `decodeBlocks`. */
  blocks: Buffer;
  /** The dependencies of the whole test file, for `decodeIds`. */
  dependencies: Buffer;
  /** Blocks and dependencies together, for records whose parts are read on demand. */
  readonly footprint?: Pick<StoredRecord, 'blocks' | 'dependencies'>;
}

/** What is recorded about one test file in one environment. */
export interface StoredTestFile {
  id: number;
  path: string;
  /** It failed or crashed, and has not passed as a whole since. */
  failed: boolean;
  lastOutcome: TestRunOutcome;
  /** Its outcome depends on the order in which its tests run. */
  orderDependent: boolean;
  /** Duration of its last run, in milliseconds. Undefined if it is unknown. */
  duration: number | undefined;
  /** Milliseconds since the epoch. */
  lastRunAt: number;
  /** The most recently matched record first. */
  records: StoredRecord[];
}

/** The outcome of a test file as a whole. */
export type TestRunOutcome = TestFileRecord['outcome'];

/** Dependencies by row id. */
export type Dependencies = Pick<ReadonlyMap<number, Dependency>, 'get' | 'has'> & {
  entries(): Iterable<[number, Dependency]>;
  values(): Iterable<Dependency>;
};

/** The data that selection needs of one environment. */
export interface SelectionData {
  readonly versions: ReadonlyMap<number, LoadedVersion>;
  /** Returns the versions of each file, in both module forms. */
  readonly byFile: () => Iterable<readonly LoadedVersion[]>;
  /** Which content hash transforms to which version, by `path|form` (see `contentsKey`). Created on demand. */
  readonly contents: Map<string, Map<string, number>>;
  dependencies: Dependencies;
  testFiles: Map<string, StoredTestFile>;
}

/** One test of a record. Its footprint contains only what it executed beyond the record's shared part. */
export interface StoredTest {
  position: number;
  name: string[];
  ordinal: number;
  outcome: TestOutcome;
  /** Milliseconds. */
  duration: number;
  /** For `decodeBlocks`. */
  blocks: Buffer;
  /** For `decodeIds`. */
  dependencies: Buffer;
}

/** A record that was read back completely. Its file versions have no content hash. */
export interface RecalledRecord {
  shared: Footprint;
  /** Each test contains only what it executed beyond the shared part. */
  tests: (TestResultRecord & { position: number })[];
}

/** The last known state of a file on this machine. The same size, times and inode mean the same content. */
export interface FileState {
  path: string;
  size: number;
  /** Nanoseconds since the epoch in decimal, because a number cannot hold them exactly. */
  mtime: string;
  /** Nanoseconds since the epoch in decimal. */
  ctime: string;
  inode: string;
  /** Git blob hash (hex). */
  contentHash: string;
}

/** The numbers of one run. */
export interface RunSummary {
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Milliseconds. */
  duration: number;
  /** The number of test files that were selected, of `total`. */
  selected: number;
  total: number;
  /** Recorded duration of the test files that did not run, in milliseconds. */
  saved: number;
}

/** Identifies a test file in an environment. */
export interface TestFileKey {
  environmentId: number;
  path: string;
}

/** Identifies a test file in a project, in any environment. */
export interface ProjectPath {
  /** The name of the project, as in the key of an environment. */
  project: string;
  /** Stored path. */
  path: string;
}

/** An unaffected test file that failed in a spot check. */
export interface NewEscape extends ProjectPath {
  /** Hash of the record by which it would have been skipped. Empty if the record is no longer known. */
  recordHash: string;
  /** When that record was made, in milliseconds since the epoch. Zero if it is no longer known. */
  recordedAt: number;
  /** The failure. */
  message: string;
}

/** An escape in the database. While it is open, nothing is selected by this database. */
export interface StoredEscape extends NewEscape {
  /** Milliseconds since the epoch. */
  foundAt: number;
  isOpen: boolean;
}

/** The outcome of a flaky test. `retried` means that it failed and then passed in one run. */
export type FlakyOutcome = 'passed' | 'failed' | 'retried';

/** A test that had another outcome than before, although no dependency had changed. */
export interface FlakySighting extends TestFileKey {
  /** The titles of the describe blocks around it, then its own. Null for the test file as a whole. */
  test: string[] | null;
  outcome: FlakyOutcome;
}

/** A sighting in the database. It belongs to the test file in any environment. */
export interface StoredFlakySighting extends ProjectPath, Pick<FlakySighting, 'test' | 'outcome'> {
  /** Milliseconds since the epoch. */
  seenAt: number;
}

/** The results of one run that are added to the database, all or none. */
export interface CommitBatch {
  /** Read once, before all other members. These may be filled in while the records are read. */
  records: Iterable<TestFileRecord>;
  /**
   * The `Store.time` at which the run began. A pass in this run settles no failure that was committed since and is
   * later. By default the run counts as newer than everything in the database.
   */
  began?: number;
  /** Test files that failed or crashed without a record. */
  failures: (TestFileKey & { duration?: number })[];
  /** Test files that neither failed nor have a record that counts. They are selected until they pass. */
  doubtful?: TestFileKey[];
  /**
   * The `Store.time` since which records of doubtful test files are forgotten. By default none are: a run that leaves
   * a test file in doubt has written no record of it.
   */
  doubtsSince?: number;
  /** Whether a pass is provisional: the test file stays selected until `settle` is called. */
  isProvisional?: (testFile: TestFileKey) => boolean;
  /** Ids of the records that matched. */
  matched: number[];
  /** Test files that do not exist now. Their records stay for 30 days. */
  gone: TestFileKey[];
  /** Contents of which the run found out to which version they transform. */
  contents: { environmentId: number; version: FileVersion }[];
  fileStates: FileState[];
  /** Covered files that this run transformed for its report. */
  coveredFiles?: KeptCoveredFile[];
  notes: { key: string; value: string }[];
  /** Test files whose tests were found to depend, or no longer to depend, on their order. */
  orderDependent?: (TestFileKey & { value: boolean })[];
  /** Tests that had another outcome than before, although no dependency had changed. */
  flaky?: FlakySighting[];
  /** Unaffected test files that finished as spot checks. */
  spotChecks?: ProjectPath[];
  /** Those of them that failed. */
  escapes?: NewEscape[];
  /** Whether the user trusts the records again, which settles all escapes. */
  trust?: boolean;
  /** How many complete records a test file keeps. By default 8. */
  keep?: number;
  run?: RunSummary;
}
