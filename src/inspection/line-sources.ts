import { createRequire } from 'node:module';
import type { CoverageReporter } from '@jest/reporters';
import type { AggregatedResult, Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { ProjectCoverage } from '../controller/answers/project-coverage';
import { ProjectScripts, type V8Coverage } from '../controller/answers/project-scripts';
import { firstKnown, unaffectedRecords } from '../controller/projects/unaffected-records';
import type { FileCoverage } from '../coverage/file-coverage';
import { getOrCreate } from '../dependencies/get-or-create';
import { fromJest } from '../run/user-jest';
import { coverageOptions, type ReportConfig } from './carried-report';
import type { InspectedProject, InspectedTest, Inspection } from './inspection';

/** Statements of a source, and how often each ran. */
export interface SourceCoverage extends Pick<FileCoverage, 's'> {
  statementMap: Record<string, { start: { line: number }; end: { line: number } }>;
}

/** Tells the lines of one file from what is recorded. */
export interface LineSource {
  /** What an unaffected test file hits. @returns Null if it loads nothing of the file that counts. */
  of(test: InspectedTest): Promise<SourceCoverage[] | 'unrecorded' | 'unknown' | null>;

  /** The file where nothing has run. @returns Null if nothing in it counts. */
  empty(project: InspectedProject): Promise<SourceCoverage[] | null>;
}

/** @param file Stored path. */
export function lineSource(
  { store }: Pick<Inspection, 'store'>,
  file: string,
  config: ReportConfig,
): LineSource {
  return config.coverageProvider === 'v8'
    ? new ScriptLines(store, file, config)
    : new CounterLines(store, file, config);
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
  readonly #file: string;
  readonly #config: ReportConfig;
  readonly #istanbul: Istanbul;
  readonly #coverages = new Map<InspectedProject, ProjectCoverage>();
  /** Many test files hit the same. */
  readonly #mapped = new Map<string, Promise<SourceCoverage[]>>();

  constructor(store: Inspection['store'], file: string, config: ReportConfig) {
    this.#store = store;
    this.#file = file;
    this.#config = config;
    const { resolve } = fromJest('@jest/reporters', config.rootDir);
    const load = createRequire(resolve('@jest/reporters'));
    this.#istanbul = {
      ...(load('istanbul-lib-coverage') as Istanbul),
      ...(load('istanbul-lib-source-maps') as Istanbul),
    };
  }

  async of(test: InspectedTest): Promise<SourceCoverage[] | 'unrecorded' | 'unknown' | null> {
    const recorded = firstKnown(
      unaffectedRecords(test.project.project, test),
      (id) => this.#store?.coverage(id) ?? null,
    );
    if (recorded === null) return 'unrecorded';
    const { record, known } = recorded;
    const hits = await this.#coverageOf(test.project).hitsIn(this.#file, record, known);
    return hits === null || hits === 'unknown' ? hits : this.#map(hits);
  }

  async empty(project: InspectedProject): Promise<SourceCoverage[] | null> {
    const empty = await this.#coverageOf(project).emptyOf(this.#file);
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
  #map(coverage: FileCoverage): Promise<SourceCoverage[]> {
    const key = JSON.stringify([coverage.hash, coverage.s]);
    return getOrCreate(this.#mapped, key, async () => {
      const { createCoverageMap, createSourceMapStore } = this.#istanbul;
      // Mapping changes what it is given.
      const given = createCoverageMap({ [coverage.path]: structuredClone(coverage) });
      return dataOf(await createSourceMapStore().transformCoverage(given));
    });
  }
}

/** Tells lines from what V8 counted, by Jest's reporter. */
class ScriptLines implements LineSource {
  readonly #store: Inspection['store'];
  readonly #file: string;
  readonly #config: ReportConfig;
  readonly #scripts = new Map<InspectedProject, ProjectScripts>();
  /** Many test files count the same. */
  readonly #mapped = new Map<string, Promise<SourceCoverage[]>>();

  constructor(store: Inspection['store'], file: string, config: ReportConfig) {
    this.#store = store;
    this.#file = file;
    this.#config = config;
  }

  async of(test: InspectedTest): Promise<SourceCoverage[] | 'unrecorded' | 'unknown' | null> {
    const recorded = firstKnown(
      unaffectedRecords(test.project.project, test),
      (id) => this.#store?.scripts(id) ?? null,
    );
    if (recorded === null) return 'unrecorded';
    const files = recorded.known.files.filter(({ path }) => path === this.#file);
    const carried = await this.#scriptsOf(test.project).of({ ...recorded.known, files });
    if (carried === null) return 'unknown';
    const [counted] = files;
    if (carried.v8Coverage === undefined || counted === undefined) return null;
    return this.#map(counted.packed.toString('latin1'), carried.v8Coverage);
  }

  async empty(project: InspectedProject): Promise<SourceCoverage[] | null> {
    const counted = this.#scriptsOf(project).emptyOf(this.#file);
    return counted && this.#map('', counted);
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
