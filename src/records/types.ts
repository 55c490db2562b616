/**
 * What the store keeps. Every shape here is plain data: nothing in it knows SQL or Jest.
 * Paths are relative to the root of the database's project and use forward slashes.
 */

/**
 * The transformed shape of a file: Jest asks a transformer for CommonJS or for an ES module; `node` is a file as it is
 * written, which Node runs in a child process.
 */
export type ModuleForm = 'commonjs' | 'module' | 'node';

/** One version of a transformed file: its blocks' fingerprints, in tree order (parents first). */
export interface FileVersion {
  path: string;
  /** Git blob hash (hex) of the source text this version was transformed from; empty for one read back. */
  contentHash: string;
  form: ModuleForm;
  /** Eight bytes per block, concatenated in tree order. */
  fingerprints: Buffer;
  /** Where each block stands in the source, for messages: see `blocks/places`. */
  places: string;
}

/** Raised when a kind of dependency comes to say less than before: nothing recorded before then matches. */
export const DEPENDENCIES_VERSION = 2;

/**
 * - `file`: the content of a file; value: its git blob hash.
 * - `absent`: a path that was looked for and not there; value: empty.
 * - `present`: a path that was looked for and there; value: `file`, `directory`, or `->` and where a link leads.
 * - `listing`: the entries of a folder; value: a hash of their sorted names.
 * - `package`: an installed package, named by its folder; value: its version, patches, and the packages nested in it.
 * - `manifest`: the package.json of a package in the project; value: a hash of what it says of the package's files.
 * - `declared`: a source that others are compiled with; value: its content hash, and a hash of what counts of it.
 * - `variable`: an environment variable; value: a hash of its value, empty when unset. The empty name stands for the
 *   names of all there are; value: their hash.
 * - `pragmas`: a test file's docblock pragmas; value: their hash.
 * - `rivals`: a module's path; value: those that stand beside it and could win module resolution over it.
 * - `mocks`: a package or a module of Node, by its name; value: the manual mocks that Jest knows for it, those
 *   with `./` before them that the test file did not load.
 * - `always`: never holds: the test file asked to run always; with the value `read`, it read a pipe or a device.
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

/** The blocks of one file version that were executed: bit i of `bits` is block i (least significant bit first). */
export interface ExecutedBlocks {
  version: FileVersion;
  bits: Uint8Array;
}

/** What a test, or the part of a test file that its tests share, depends on. */
export interface Footprint {
  blocks: ExecutedBlocks[];
  dependencies: Dependency[];
}

export type TestOutcome = 'passed' | 'failed' | 'skipped' | 'todo';

/** One test of a test file. */
export interface TestResultRecord extends Footprint {
  /** The titles of the describe blocks around the test, then its own. */
  name: string[];
  /** Counts tests of equal name in one file, from 0. */
  ordinal: number;
  outcome: TestOutcome;
  /** Milliseconds. */
  duration: number;
}

/** What one run of one test file left behind. */
export interface TestFileRecord {
  environmentId: number;
  path: string;
  /** `failed` covers failing tests, a crash, and a test file that could not load. */
  outcome: 'passed' | 'failed';
  /** False when a name pattern or a bail kept some of its tests from running: never matches a whole test file. */
  complete: boolean;
  /** Milliseconds. */
  duration: number;
  /** Milliseconds since the epoch. */
  recordedAt: number;
  shared: Footprint;
  tests: TestResultRecord[];
}

/** What names an environment: records of one never stand for another. */
export interface EnvironmentKey {
  /** The user's name for it: `TESTMON_ENV` or `--testmon-env`. */
  name: string;
  /** The Jest project. */
  project: string;
  nodeMajor: number;
  platform: string;
  /** Hash of what shapes every result: Jest's version, the project config, transformers, tool chain. */
  hash: string;
}

export interface Environment extends EnvironmentKey {
  id: number;
}

/** A file version as it is loaded for selection: without its places. */
export interface StoredVersion {
  id: number;
  path: string;
  form: ModuleForm;
  /** Eight bytes per block, concatenated in tree order. */
  fingerprints: Buffer;
}

/** A file version with the hashes of the contents that are known to transform to it. */
export interface LoadedVersion extends StoredVersion {
  contents: readonly string[];
  /** How many bytes of bits its executed blocks can have. */
  bitLimit: number;
}

/** A passing record as it is loaded for selection. Its footprint stays encoded until it is asked for. */
export interface StoredRecord {
  id: number;
  /** Hash of what the record says, the same in every database that holds it. */
  hash: string;
  complete: boolean;
  /** Milliseconds. */
  duration: number;
  /** Milliseconds since the epoch. */
  recordedAt: number;
  /** When it was last found to match the working tree. */
  matchedAt: number;
  /** The blocks of the whole test file, shared part and all tests: for `decodeBlocks`. */
  blocks: Buffer;
  /** The dependencies of the whole test file: for `decodeIds`. */
  dependencies: Buffer;
  /** Both at once, where reading each of them takes another look. */
  readonly footprint?: Pick<StoredRecord, 'blocks' | 'dependencies'>;
}

/** What is known of one test file in one environment. */
export interface StoredTestFile {
  id: number;
  path: string;
  /** It failed or crashed, and has not passed as a whole since. */
  failed: boolean;
  lastOutcome: TestRunOutcome;
  /** Its outcome was seen to depend on the order in which its tests run. */
  orderDependent: boolean;
  /** Milliseconds its last run took; undefined where that is not known. */
  duration: number | undefined;
  /** Milliseconds since the epoch. */
  lastRunAt: number;
  /** Newest matched first. */
  records: StoredRecord[];
}

/** How a test file as a whole came out. */
export type TestRunOutcome = TestFileRecord['outcome'];

/** Dependencies by row id. */
export type Dependencies = Pick<ReadonlyMap<number, Dependency>, 'get' | 'has'> & {
  entries(): Iterable<[number, Dependency]>;
  values(): Iterable<Dependency>;
};

/** Everything selection needs of one environment. */
export interface SelectionData {
  readonly versions: ReadonlyMap<number, LoadedVersion>;
  /** The versions of each file, of both forms. */
  readonly byFile: () => Iterable<readonly LoadedVersion[]>;
  /** By `path|form` (see `contentsKey`): which content hash transforms to which version. Put together when asked for. */
  readonly contents: Map<string, Map<string, number>>;
  dependencies: Dependencies;
  testFiles: Map<string, StoredTestFile>;
}

/** One test of a record. Its footprint is what it executed beyond the record's shared part. */
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

/** A record read back in full. Its file versions do not say from which content they were made. */
export interface RecalledRecord {
  shared: Footprint;
  /** With what each executed beyond the shared part. */
  tests: (TestResultRecord & { position: number })[];
}

/** What was last seen of a file on this machine: same size, times and inode mean same content. */
export interface FileState {
  path: string;
  size: number;
  /** Nanoseconds since the epoch, in decimal: more than a number can hold. */
  mtime: string;
  /** Nanoseconds since the epoch, in decimal. */
  ctime: string;
  inode: string;
  /** Git blob hash (hex). */
  contentHash: string;
}

/** One run in numbers. */
export interface RunSummary {
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Milliseconds. */
  duration: number;
  /** Test files that were selected, of `total`. */
  selected: number;
  total: number;
  /** Recorded milliseconds of the test files that need not run. */
  saved: number;
}

/** Names a test file in an environment. */
export interface TestFileKey {
  environmentId: number;
  path: string;
}

/** Names a test file in a project, whatever the environment. */
export interface ProjectPath {
  /** As in an environment's key. */
  project: string;
  /** Relative path. */
  path: string;
}

/** An unaffected test file that a spot check ran and that failed. */
export interface NewEscape extends ProjectPath {
  /** Hash of the record by which it would have been skipped; empty where that is not known any more. */
  recordHash: string;
  /** When that record was made, in milliseconds since the epoch; 0 where that is not known any more. */
  recordedAt: number;
  /** How it failed. */
  message: string;
}

/** An escape as it is stored. While it is open, nothing is selected by this database. */
export interface StoredEscape extends NewEscape {
  /** Milliseconds since the epoch. */
  foundAt: number;
  isOpen: boolean;
}

/** What a flaky test came to: `retried` where it failed and passed in one run. */
export type FlakyOutcome = 'passed' | 'failed' | 'retried';

/** A test came out otherwise than before, with nothing changed that is watched. */
export interface FlakySighting extends TestFileKey {
  /** The titles of the describe blocks around it, then its own; null for the test file as a whole. */
  test: string[] | null;
  outcome: FlakyOutcome;
}

/** As it is stored: about the test file whatever the environment. */
export interface StoredFlakySighting extends ProjectPath, Pick<FlakySighting, 'test' | 'outcome'> {
  /** Milliseconds since the epoch. */
  seenAt: number;
}

/** What one run adds to the database, all or nothing. */
export interface CommitBatch {
  /** Read once, before anything else here: the rest may be filled in while they are. */
  records: Iterable<TestFileRecord>;
  /**
   * The `Store.time` when the run began that the records come from: what passed in it settles no failure that was
   * committed since and came later. Unless told, the run is newer than anything there is.
   */
  began?: number;
  /** Test files that failed or crashed and left no record. */
  failures: (TestFileKey & { duration?: number })[];
  /** Test files that neither failed nor left a record that counts: they are selected until they pass. */
  doubtful?: TestFileKey[];
  /** Whether a test file that passed is selected all the same until `settle` says that nothing came of it. */
  isProvisional?: (testFile: TestFileKey) => boolean;
  /** Ids of the records that were found to match. */
  matched: number[];
  /** Test files that no longer exist. */
  gone: TestFileKey[];
  /** Content that turned out to transform into a version. */
  contents: { environmentId: number; version: FileVersion }[];
  fileStates: FileState[];
  notes: { key: string; value: string }[];
  /** Test files found to depend, or not to depend, on the order of their tests. */
  orderDependent?: (TestFileKey & { value: boolean })[];
  /** Tests that came out otherwise than before, with nothing changed that is watched. */
  flaky?: FlakySighting[];
  /** Unaffected test files that ran to their end as spot checks. */
  spotChecks?: ProjectPath[];
  /** Those of them that failed. */
  escapes?: NewEscape[];
  /** A person trusts the records all the same: every escape so far is settled. */
  trust?: boolean;
  /** How many complete records a test file keeps; 8 unless told. */
  keep?: number;
  run?: RunSummary;
}
