import { addHits, carryHits } from '../../coverage/carry';
import type { CoveredFile } from '../../coverage/covered-file';
import type { FileCoverage } from '../../coverage/file-coverage';
import { setBits } from '../../records/bits';
import type { FileHits, RecordedCoverage } from '../../records/coverage';
import { fingerprintAt, fingerprintPlaces } from '../../selection/match';
import { decodeBlocks, type LoadedVersion, type StoredRecord } from '../../store';
import type { CoverageOptions } from '../../workspace/transformed';
import { getOrCreate } from '../../dependencies/get-or-create';
import { swallowed } from '../../terminal/debug';
import type { Project } from '../projects/project';
import { CoveredFiles, type KeptCoveredFiles } from './covered-files';

/** What a test file that does not run would hit of one file. */
interface Hit {
  /** Stored path. */
  path: string;
  file: PresentFile;
  counters: Counters;
}

type Counters = NonNullable<ReturnType<typeof carryHits>>;

/** What a test file that does not run would hit of one file, for those that look. */
export interface CarriedHits {
  /** Stored path. */
  path: string;
  /** The same object for the same hits. */
  counters: object;
  /** The data that Jest would have of it. */
  coverage: () => FileCoverage;
}

/** By hits, and then by the bits of the executed blocks; null where nobody can tell. */
type CarriedByHits = Map<FileHits | null, Map<string, Counters | null>>;

/** A covered file as it is now. */
interface PresentFile extends CoveredFile {
  /** The index of each block, by fingerprint. */
  blocks: ReadonlyMap<string, number>;
}

/** The coverage that the unaffected test files of one project would have if they ran. */
export class ProjectCoverage {
  readonly #project: Project;
  readonly #covered: CoveredFiles;
  /** By form and path; null for a file that is not covered. */
  readonly #files = new Map<string, Promise<PresentFile | 'unknown' | null>>();
  /** What is carried for the same blocks with the same hits: many test files share them. */
  readonly #carried = new Map<LoadedVersion, CarriedByHits>();
  /** The coverage data that the report gets, each with the test file whose result brings it along. */
  readonly #merged = new Map<PresentFile, { coverage: FileCoverage; broughtBy: object }>();

  constructor(project: Project, options: CoverageOptions, kept: KeptCoveredFiles) {
    this.#project = project;
    this.#covered = new CoveredFiles(project, options, kept);
  }

  /**
   * Takes in what an unaffected test file would hit.
   * @param bringer Stands for the test file.
   * @param record The one that shows it unaffected.
   * @returns False if nobody can tell: the test file has to run.
   */
  async add(bringer: object, record: StoredRecord, recorded: RecordedCoverage): Promise<boolean> {
    const hits = await this.#hitsOf(record, recorded, null);
    for (const { file, counters } of hits ?? []) {
      const { coverage } = getOrCreate(this.#merged, file, () => ({
        coverage: structuredClone(file.empty),
        broughtBy: bringer,
      }));
      addHits(coverage, counters);
    }
    return hits !== null;
  }

  /**
   * What an unaffected test file would hit.
   * @param only Stored path of the one file that matters; null for every file.
   * @returns Null if nobody can tell.
   */
  async hits(
    record: StoredRecord,
    recorded: RecordedCoverage,
    only: string | null,
  ): Promise<CarriedHits[] | null> {
    const hits = await this.#hitsOf(record, recorded, only);
    return (
      hits &&
      hits.map(({ path, file, counters }) => ({
        path,
        counters,
        coverage: () => {
          const coverage = structuredClone(file.empty);
          addHits(coverage, counters);
          return coverage;
        },
      }))
    );
  }

  /**
   * The coverage data of a file that nothing has run.
   * @param path Stored path.
   * @returns Null if nothing in it counts; `unknown` if nobody can tell.
   */
  async emptyOf(path: string): Promise<FileCoverage | 'unknown' | null> {
    const file = await this.#file(path, 'commonjs');
    return file === null || file === 'unknown' ? file : file.empty;
  }

  /**
   * The coverage data of a file that nothing loads.
   * @param path Stored path.
   * @returns Null where Jest is to find out.
   */
  async untested(path: string): Promise<FileCoverage | null> {
    try {
      return await this.#covered.untested(path);
    } catch (error) {
      swallowed('controller', error, `reading what counts in ${path}, which nothing loads`);
      return null;
    }
  }

  /** The coverage data that each test file brings along, by absolute path of the covered file. */
  broughtBy(): Map<object, Record<string, FileCoverage>> {
    const all = new Map<object, Record<string, FileCoverage>>();
    for (const { coverage, broughtBy } of this.#merged.values())
      getOrCreate(all, broughtBy, (): Record<string, FileCoverage> => ({}))[coverage.path] =
        coverage;
    return all;
  }

  async #hitsOf(
    record: StoredRecord,
    { files: recorded }: RecordedCoverage,
    only: string | null,
  ): Promise<Hit[] | null> {
    const versions = this.#project.data?.versions;
    const hits: Hit[] = [];
    const seen = new Set<string>();
    const { blocks } = record.footprint ?? record;
    for (const { version: id, bits } of decodeBlocks(blocks)) {
      const version = versions?.get(id);
      if (version === undefined) return null;
      if (only !== null && version.path !== only) continue;
      // Jest covers nothing of what Node runs by itself.
      if (version.form === 'node') continue;
      const file = await this.#file(version.path, version.form);
      if (file === null) continue;
      // Of two forms of a file, Jest reports the one that was loaded last.
      if (file === 'unknown' || seen.has(version.path)) return null;
      seen.add(version.path);
      const own = recorded.find(({ path }) => path === version.path) ?? null;
      const counters = this.#carry(version, bits, own, file);
      if (counters === null) return null;
      hits.push({ path: version.path, file, counters });
    }
    return hits;
  }

  #carry(
    version: LoadedVersion,
    bits: Uint8Array,
    hits: FileHits | null,
    file: PresentFile,
  ): Counters | null {
    const byHits = getOrCreate(this.#carried, version, (): CarriedByHits => new Map());
    const byBits = getOrCreate(byHits, hits, () => new Map<string, Counters | null>());
    return getOrCreate(byBits, Buffer.from(bits).toString('latin1'), () => {
      const executed = Array.from(setBits(bits), (block) =>
        fingerprintAt(version.fingerprints, block),
      );
      return carryHits(file, { executed, hits });
    });
  }

  #file(path: string, form: 'commonjs' | 'module'): Promise<PresentFile | 'unknown' | null> {
    return getOrCreate(this.#files, `${form} ${path}`, () => this.#read(path, form));
  }

  async #read(path: string, form: 'commonjs' | 'module'): Promise<PresentFile | 'unknown' | null> {
    try {
      const file = await this.#covered.read(path, form);
      if (file === null || file === 'unknown') return file;
      return { ...file, blocks: fingerprintPlaces(file.fingerprints) };
    } catch (error) {
      swallowed('controller', error, `reading what counts in ${path}; what loads it runs`);
      return 'unknown';
    }
  }
}
