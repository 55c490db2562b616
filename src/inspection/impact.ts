import { decodeLocations, type BlockLocation } from '../blocks';
import { decodeBlocks, decodeIds, type Store, type StoredTest, type StoredVersion } from '../store';
import { blocksAround } from './block-at';
import { hasBit, originsOf } from './block-changes';
import { isOfFile } from './changes';
import { hasRun, recordOf } from './explain';
import type { InspectedProject, InspectedTest, Inspection } from './inspection';

/** What a change at a place would run. */
export interface Impact {
  /** Stored path. */
  file: string;
  /** Null where the whole file is meant. */
  line: number | null;
  /** The block that the line is in; null for a whole file, or where no block is known. */
  block: BlockLocation | null;
  /**
   * - `recorded`: the block is as it was recorded.
   * - `edited`: it was edited since, so the tests are those that ran what it was.
   * - `whole`: the file counts as a whole (data, untransformed code, or no line was given).
   */
  precision: 'recorded' | 'edited' | 'whole';
  testFiles: ReachedTestFile[];
}

/** A test file that a change would run. */
export interface ReachedTestFile {
  path: string;
  project: string;
  /** Recorded milliseconds. */
  duration: number;
  /** Whether it would run also without that change. */
  affected: boolean;
  /** Whether all its tests share the code, as with what they import. */
  shared: boolean;
  /** Those of its tests that executed the code, or all where they share it. */
  tests: { name: string; duration: number }[];
  /** How many of its tests would run, and how long that takes: with test granularity not always all of them. */
  wouldRun: { tests: number; duration: number };
}

/** Which blocks and dependencies of recorded footprints a change would hit, in one project. */
interface Hits {
  /** By version: the block; null for any. */
  blocks: Map<number, number | null>;
  dependencies: Set<number>;
}

/**
 * What a change of a file, or at a line of it, would run, by what is recorded of every test file.
 * @param file Stored path.
 * @param line From 1; null for any change of the file.
 */
export async function findImpact(
  inspection: Inspection,
  file: string,
  line: number | null,
): Promise<Impact> {
  const impact: Impact = { file, line, block: null, precision: 'whole', testFiles: [] };
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
    // Few lines of a file that others are compiled with count there.
    if (name === file && isOfFile(kind) && (line === null || kind !== 'declared'))
      hits.dependencies.add(id);
  const recorded = [...versions.values()].filter(({ path }) => path === file);
  for (const form of new Set(recorded.map(({ form }) => form))) {
    const own = recorded.filter((version) => version.form === form);
    const now = line === null ? null : await project.currentVersion(file, form);
    if (line === null || now === null) {
      for (const { id } of own) hits.blocks.set(id, null);
      continue;
    }
    const places = decodeLocations(now.places);
    const origins = own.map(({ id, fingerprints }) => ({
      id,
      origins: originsOf({ fingerprints, places: store.places(id) }, now),
    }));
    const around = blocksAround(places, line);
    const target = around.find((index) => origins.some((one) => one.origins.has(index)));
    let same = false;
    for (const one of origins) {
      const origin = target === undefined ? undefined : one.origins.get(target);
      // Of a version in which nothing corresponds, whoever loaded it counts.
      hits.blocks.set(one.id, origin?.index ?? null);
      same ||= origin?.same === true;
    }
    impact.block = places[target ?? 0] ?? null;
    if (!same || target !== around[0]) impact.precision = 'edited';
    else if (impact.precision === 'whole') impact.precision = 'recorded';
  }
  return hits;
}

function reachedBy(
  { request }: Inspection,
  store: Store,
  test: InspectedTest,
  hits: Hits,
): ReachedTestFile | null {
  const record = recordOf(test);
  if (record === null || !isHit(record, hits)) return null;
  const shared = store.shared(record.id);
  const tests = store.tests(record.id);
  // Where the details cannot be read, every test of the file may be concerned.
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

/** Test granularity takes a test file whole that failed last, or whose tests depend on each other. */
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
      const block = hits.blocks.get(version);
      if (block === undefined) return false;
      return block === null ? bits.some((byte) => byte !== 0) : hasBit(bits, block);
    }) ||
    (hits.dependencies.size > 0 &&
      decodeIds(footprint.dependencies).some((id) => hits.dependencies.has(id)))
  );
}
