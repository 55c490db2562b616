import { decodeLocations, type BlockLocation, type DeclarationLocation } from '../blocks';
import { decodeBlocks, decodeIds, type Store, type StoredTest, type StoredVersion } from '../store';
import { asNamed, blocksAround, declarationsOn, namedOn, type NamedBlock } from './block-at';
import { hasBit } from '../records/bits';
import { originsOf, type Origin } from './block-changes';
import { isOfFile } from './changes';
import { hasRun, recordOf } from './explain';
import type { InspectedProject, InspectedTest, Inspection } from './inspection';

/** The tests that a change would run. */
export interface Impact {
  /** Stored path. */
  file: string;
  /** Counts from 1. Null for a change anywhere in the file. */
  line: number | null;
  /** The block or declaration that contains the line. Null for a whole file, or if no block is known. */
  block: BlockLocation | null;
  /**
   * Functions, members of classes and exports that begin or end on the line. The change may be in one of them, though it counts
   * for the block around it.
   */
  named: NamedBlock[];
  /**
   * - `recorded`: the block is unchanged since it was recorded.
   * - `edited`: the block was edited since. The tests are those that ran its earlier version.
   * - `whole`: the file counts as a whole, because it is data or untransformed code, or no line was given.
   */
  precision: 'recorded' | 'edited' | 'whole';
  testFiles: ReachedTestFile[];
}

/** A test file that a change would run. */
export interface ReachedTestFile {
  path: string;
  project: string;
  /** Recorded duration, in milliseconds. */
  duration: number;
  /** Whether it would also run without the change. */
  affected: boolean;
  /** Whether all of its tests share the code, such as code that runs at import. */
  shared: boolean;
  /** The tests that executed the code. All tests if they share it. */
  tests: { name: string; duration: number }[];
  /** The number and duration of the tests that would run. Fewer than all only with test granularity. */
  wouldRun: { tests: number; duration: number };
}

/** The recorded blocks and dependencies that a change would hit, in one project. */
export interface Hits {
  /** Whether the executed blocks of a version are among those hit, by id of the version. */
  blocks: Map<number, (bits: Uint8Array) => boolean>;
  dependencies: Set<number>;
}

/**
 * Finds the tests that a change of a file, or at a line of it, would run, according to the records of all test files.
 * @param file Stored path.
 * @param line Counts from 1. Null for a change anywhere in the file.
 */
export async function findImpact(
  inspection: Inspection,
  file: string,
  line: number | null,
): Promise<Impact> {
  const impact: Impact = {
    file,
    line,
    block: null,
    named: [],
    precision: 'whole',
    testFiles: [],
  };
  const { store } = inspection;
  if (store === null) return impact;
  for (const project of inspection.projects) {
    const hits = await findHits(store, project, file, line, impact);
    if (hits.blocks.size === 0 && hits.dependencies.size === 0) continue;
    for (const test of inspection.tests) {
      if (test.project !== project) continue;
      const reached = reachedBy(inspection, store, test, hits);
      if (reached !== null) impact.testFiles.push(reached);
    }
  }
  impact.testFiles.sort((a, b) => b.duration - a.duration || (a.path < b.path ? -1 : 1));
  return impact;
}

async function findHits(
  store: Store,
  { project }: InspectedProject,
  file: string,
  line: number | null,
  impact: Impact,
): Promise<Hits> {
  const { versions = new Map<number, StoredVersion>(), dependencies } = project.data ?? {};
  const hits: Hits = { blocks: new Map(), dependencies: new Set() };
  for (const [id, { kind, name }] of dependencies?.entries() ?? [])
    // Of a file whose declarations others are compiled with, only few lines count. So for a single line this kind is
    // left out.
    if (name === file && isOfFile(kind) && (line === null || kind !== 'declared'))
      hits.dependencies.add(id);
  const recorded = [...versions.values()].filter(({ path }) => path === file);
  for (const form of new Set(recorded.map(({ form }) => form))) {
    const own = recorded.filter((version) => version.form === form);
    const now = line === null ? null : await project.currentVersion(file, form);
    if (line === null || now === null) {
      for (const { id } of own) hits.blocks.set(id, hasAny);
      continue;
    }
    const places = decodeLocations(now.places);
    const origins = own.map(({ id, fingerprints }) => ({
      id,
      origins: originsOf({ fingerprints, places: store.places(id) }, now),
    }));
    const around = blocksAround(places, line);
    const declared = around[0] === 0 ? declarationsOn(now.places, line) : [];
    if (declared.length > 0) {
      hitUsers(declared, origins, hits, impact);
      continue;
    }
    const target = around.find((index) => origins.some((one) => one.origins.has(index)));
    let same = false;
    for (const one of origins) {
      const origin = target === undefined ? undefined : one.origins.get(target);
      // If no block of this version corresponds, every test file that loaded it counts.
      hits.blocks.set(one.id, origin === undefined ? hasAny : (bits) => hasBit(bits, origin.index));
      same ||= origin?.same === true;
    }
    impact.block = places[target ?? 0] ?? null;
    const { block } = impact;
    impact.named = namedOn(places, line).filter(({ name }) => name !== block?.name);
    if (!same || target !== around[0]) impact.precision = 'edited';
    else if (impact.precision === 'whole') impact.precision = 'recorded';
  }
  return hits;
}

/** Hits the blocks that refer to declarations. */
function hitUsers(
  declared: readonly DeclarationLocation[],
  versions: readonly { id: number; origins: ReadonlyMap<number, Origin> }[],
  hits: Hits,
  impact: Impact,
): void {
  const users = [...new Set(declared.flatMap((declaration) => declaration.users))];
  for (const { id, origins } of versions) {
    const recorded = users.flatMap((user) => origins.get(user) ?? []);
    // If none of them corresponds to a block of this version, every test file that loaded it counts.
    const isUnknown = users.length > 0 && recorded.length === 0;
    hits.blocks.set(
      id,
      isUnknown ? hasAny : (bits) => recorded.some(({ index }) => hasBit(bits, index)),
    );
    if (isUnknown || recorded.some(({ same }) => !same)) impact.precision = 'edited';
    else if (impact.precision === 'whole') impact.precision = 'recorded';
  }
  const [first, ...others] = declared.map(asNamed);
  impact.block = first ?? null;
  impact.named = others;
}

/** A test file as a change reaches it; null where it does not. */
export function reachedBy(
  { request }: Inspection,
  store: Store,
  test: InspectedTest,
  hits: Hits,
): ReachedTestFile | null {
  const record = recordOf(test);
  if (record === null || !isHit(record, hits)) return null;
  const shared = store.shared(record.id);
  const tests = store.tests(record.id);
  // If the details cannot be read, every test of the file may be concerned.
  const isShared = shared === null || isHit(shared, hits);
  const ran = tests.filter(hasRun);
  const reached = isShared ? ran : ran.filter((one) => isHit(one, hits));
  const duration = test.duration ?? record.duration;
  const byTest = request.options.granularity === 'test' && !runsWhole(test);
  const skipped = byTest ? ran.filter((one) => !reached.includes(one)) : [];
  const saved = skipped.reduce((sum, one) => sum + one.duration, 0);
  return {
    path: test.path,
    project: test.project.key.project,
    duration,
    affected: test.decision.affected,
    shared: isShared,
    tests: reached.map(nameTest),
    wouldRun: { tests: ran.length - skipped.length, duration: Math.max(0, duration - saved) },
  };
}

/** Whether any block was executed. */
function hasAny(bits: Uint8Array): boolean {
  return bits.some((byte) => byte !== 0);
}

/** Whether test granularity runs a test file whole, because it failed last time or its tests depend on each other. */
function runsWhole({ path, decision, project }: InspectedTest): boolean {
  if (decision.affected && decision.reason !== 'changed') return true;
  return project.project.data?.testFiles.get(path)?.orderDependent === true;
}

function nameTest({ name, duration }: StoredTest): { name: string; duration: number } {
  return { name: name.join(' › '), duration };
}

function isHit(footprint: { blocks: Buffer; dependencies: Buffer }, hits: Hits): boolean {
  return (
    decodeBlocks(footprint.blocks).some(({ version, bits }) => {
      return hits.blocks.get(version)?.(bits) === true;
    }) ||
    (hits.dependencies.size > 0 &&
      decodeIds(footprint.dependencies).some((id) => hits.dependencies.has(id)))
  );
}
