import { createRequire } from 'node:module';
import type { CoverageReporter } from '@jest/reporters';
import type { AggregatedResult, Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { ProjectCoverage } from '../controller/answers/project-coverage';
import { ProjectScripts, type V8Coverage } from '../controller/answers/project-scripts';
import { firstKnown, unaffectedRecords } from '../controller/projects/unaffected-records';
import type { FileCoverage } from '../coverage/file-coverage';
import type { StoredRecord } from '../records/types';
import { getOrCreate } from '../dependencies/get-or-create';
import { fromJest } from '../run/user-jest';
import { coverageOptions, type ReportConfig } from './carried-report';
import type { InspectedProject, InspectedTest, Inspection } from './inspection';

/** Statements of a source, and how often each ran. */
export interface SourceCoverage extends Pick<FileCoverage, 's'> {
  statementMap: Record<string, { start: { line: number }; end: { line: number } }>;
}

/** What one test file hits of one file. */
export interface HitFile {
  /** Stored path. */
  path: string;
  coverage: () => Promise<SourceCoverage[]>;
}

/** Tells lines from what is recorded. */
export interface LineSource {
  /**
   * What an unaffected test file hits.
   * @param only Stored path of the one file that matters; null for every file.
   */
  of(test: InspectedTest, only: string | null): Promise<HitFile[] | 'unrecorded' | 'unknown'>;

  /**
   * A file where nothing has run.
   * @param file Stored path.
   * @returns Null if nothing in it counts.
   */
  empty(project: InspectedProject, file: string): Promise<SourceCoverage[] | null>;
}

export function lineSource({ store }: Pick<Inspection, 'store'>, config: ReportConfig): LineSource {
  return config.coverageProvider === 'v8'
    ? new ScriptLines(store, config)
    : new CounterLines(store, config);
}

/** What is recorded of an unaffected test file. */
function recordedOf<T>(
  test: InspectedTest,
  find: (recordId: number) => T | null | undefined,
): { record: StoredRecord; known: T } | null {
  return firstKnown(unaffectedRecords(test.project.project, test), (id) => find(id) ?? null);
}

/** The part of istanbul's libraries that is used here, which Jest brings along. */
interface Istanbul {
  createCoverageMap: (files: Record<string, FileCoverage>) => CoverageMap;
  createSourceMapStore: () => { transformCoverage(map: CoverageMap): Promise<CoverageMap> };
}

interface CoverageMap {
  files(): string[];
  fileCoverageFor(file: string): { data: unknown };
}

/** Tells lines from istanbul's counters. */
class CounterLines implements LineSource {
  readonly #store: Inspection['store'];
  readonly #config: ReportConfig;
  readonly #istanbul: Istanbul;
  readonly #coverages = new Map<InspectedProject, ProjectCoverage>();
  /** Many test files hit the same. */
  readonly #mapped = new Map<object, Promise<SourceCoverage[]>>();

  constructor(store: Inspection['store'], config: ReportConfig) {
    this.#store = store;
    this.#config = config;
    const { resolve } = fromJest('@jest/reporters', config.rootDir);
    const load = createRequire(resolve('@jest/reporters'));
    this.#istanbul = {
      ...(load('istanbul-lib-coverage') as Istanbul),
      ...(load('istanbul-lib-source-maps') as Istanbul),
    };
  }

  async of(
    test: InspectedTest,
    only: string | null,
  ): Promise<HitFile[] | 'unrecorded' | 'unknown'> {
    const recorded = recordedOf(test, (id) => this.#store?.coverage(id));
    if (recorded === null) return 'unrecorded';
    const { record, known } = recorded;
    const hits = await this.#coverageOf(test.project).hits(record, known, only);
    return (
      hits?.map(({ path, counters, coverage }) => ({
        path,
        coverage: () => getOrCreate(this.#mapped, counters, () => this.#map(coverage())),
      })) ?? 'unknown'
    );
  }

  async empty(project: InspectedProject, file: string): Promise<SourceCoverage[] | null> {
    const empty = await this.#coverageOf(project).emptyOf(file);
    return empty === null || empty === 'unknown' ? null : this.#map(empty);
  }

  #coverageOf(project: InspectedProject): ProjectCoverage {
    const kept = {
      coveredFile: (...file: Parameters<ProjectCoverageFiles['coveredFile']>) =>
        this.#store?.coveredFile(...file) ?? null,
    };
    return getOrCreate(
      this.#coverages,
      project,
      () => new ProjectCoverage(project.project, coverageOptions(this.#config), kept),
    );
  }

  /** Maps counters to the source that they were compiled from, as Jest's reporter does. */
  async #map(coverage: FileCoverage): Promise<SourceCoverage[]> {
    const { createCoverageMap, createSourceMapStore } = this.#istanbul;
    // Mapping changes what it is given.
    const given = createCoverageMap({ [coverage.path]: structuredClone(coverage) });
    return dataOf(await createSourceMapStore().transformCoverage(given));
  }
}

/** Tells lines from what V8 counted, by Jest's reporter. */
class ScriptLines implements LineSource {
  readonly #store: Inspection['store'];
  readonly #config: ReportConfig;
  readonly #scripts = new Map<InspectedProject, ProjectScripts>();
  /** Many test files count the same. */
  readonly #mapped = new Map<string, Promise<SourceCoverage[]>>();

  constructor(store: Inspection['store'], config: ReportConfig) {
    this.#store = store;
    this.#config = config;
  }

  async of(
    test: InspectedTest,
    only: string | null,
  ): Promise<HitFile[] | 'unrecorded' | 'unknown'> {
    const recorded = recordedOf(test, (id) => this.#store?.scripts(id));
    if (recorded === null) return 'unrecorded';
    const hits: HitFile[] = [];
    for (const counted of recorded.known.files) {
      if (only !== null && counted.path !== only) continue;
      const files = [counted];
      const carried = await this.#scriptsOf(test.project).of({ ...recorded.known, files });
      if (carried === null) return 'unknown';
      const { v8Coverage } = carried;
      if (v8Coverage === undefined) continue;
      const key = `${counted.path} ${counted.packed.toString('latin1')}`;
      hits.push({ path: counted.path, coverage: () => this.#map(key, v8Coverage) });
    }
    return hits;
  }

  async empty(project: InspectedProject, file: string): Promise<SourceCoverage[] | null> {
    const counted = this.#scriptsOf(project).emptyOf(file);
    return counted && this.#report(counted);
  }

  #scriptsOf(project: InspectedProject): ProjectScripts {
    const options = coverageOptions(this.#config);
    return getOrCreate(this.#scripts, project, () => new ProjectScripts(project.project, options));
  }

  #map(key: string, v8Coverage: V8Coverage): Promise<SourceCoverage[]> {
    return getOrCreate(this.#mapped, key, () => this.#report(v8Coverage));
  }

  /** A report of nothing else, which is written nowhere. */
  async #report(v8Coverage: V8Coverage): Promise<SourceCoverage[]> {
    const load = fromJest('@jest/reporters', this.#config.rootDir);
    const { CoverageReporter: Reporter } = load('@jest/reporters') as {
      CoverageReporter: typeof CoverageReporter;
    };
    const silent = { coverageReporters: [], coverageThreshold: undefined, useStderr: true };
    const reporter = new Reporter(
      { ...this.#config, ...silent } as unknown as Config.GlobalConfig,
      {} as ConstructorParameters<typeof CoverageReporter>[1],
    );
    reporter.onTestResult({} as Test, { v8Coverage } as TestResult);
    const results = {} as AggregatedResult;
    await reporter.onRunComplete(new Set(), results);
    const map = results.coverageMap as CoverageMap | null | undefined;
    return map ? dataOf(map) : [];
  }
}

type ProjectCoverageFiles = ConstructorParameters<typeof ProjectCoverage>[2];

function dataOf(map: CoverageMap): SourceCoverage[] {
  return map.files().map((file) => map.fileCoverageFor(file).data as SourceCoverage);
}
