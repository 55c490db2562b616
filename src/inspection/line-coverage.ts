import { createRequire } from 'node:module';
import { recordOf } from '../controller/answers/carried-coverage';
import { ProjectCoverage } from '../controller/answers/project-coverage';
import type { FileCoverage } from '../coverage/file-coverage';
import { getOrCreate } from '../dependencies/get-or-create';
import { fromJest } from '../run/user-jest';
import { coverageOptions, type LackingTestFiles, type ReportConfig } from './carried-report';
import type { InspectedProject, InspectedTest, Inspection } from './inspection';

/** Lines of a file that the same test files hit. */
export interface CoveredLines {
  /** Counts from 1. */
  line: number;
  /** The last of them. */
  endLine: number;
  /** Empty for lines that no test file hits. */
  testFiles: readonly InspectedTest[];
}

/** Which test files hit which lines of a file. */
export interface LineCoverage {
  /** Stored path. */
  file: string;
  /** In order. Null if nothing in the file counts, as in a file that coverage is not collected from. */
  lines: readonly CoveredLines[] | null;
  /** Test files that may hit some of them too. */
  lacking: LackingTestFiles;
}

/** A line with a statement that begins there. */
interface Line {
  /** Where the last of its statements ends. */
  endLine: number;
  testFiles: InspectedTest[];
}

/**
 * Finds the test files that hit each line of a file, by what is recorded. As for istanbul, a line is hit if a statement
 * that begins in it is.
 * @param file Stored path.
 */
export async function coverageByLine(
  { tests, store, projects }: Pick<Inspection, 'tests' | 'store' | 'projects'>,
  file: string,
  config: ReportConfig,
): Promise<LineCoverage> {
  const lines = new Map<number, Line>();
  const lacking: Record<keyof LackingTestFiles, InspectedTest[]> = {
    affected: [],
    unrecorded: [],
    unknown: [],
  };
  const options = coverageOptions(config);
  const coverages = new Map<InspectedProject, ProjectCoverage>();
  const of = (project: InspectedProject) =>
    getOrCreate(
      coverages,
      project,
      () =>
        new ProjectCoverage(project.project, options, {
          coveredFile: (...file) => store?.coveredFile(...file) ?? null,
        }),
    );
  const source = new SourceLines(config.rootDir);
  let counts = false;
  for (const test of tests) {
    const record = recordOf(test.project.project, test);
    const recorded = record && store?.coverage(record.id);
    if (test.decision.affected) lacking.affected.push(test);
    else if (record === undefined || recorded == null) lacking.unrecorded.push(test);
    else {
      const hits = await of(test.project).hitsIn(file, record, recorded);
      if (hits === 'unknown') lacking.unknown.push(test);
      else if (hits !== null) {
        counts = true;
        await source.add(lines, hits, test);
      }
    }
  }
  if (counts) return { file, lines: rangesOf(lines), lacking };
  for (const project of projects) {
    const empty = await of(project).emptyOf(file);
    if (empty === 'unknown' || empty === null) continue;
    counts = true;
    await source.add(lines, empty, null);
  }
  return { file, lines: counts ? rangesOf(lines) : null, lacking };
}

/** Joins lines that the same test files hit. */
function rangesOf(lines: ReadonlyMap<number, Line>): CoveredLines[] {
  const ranges: { line: number; endLine: number; testFiles: InspectedTest[] }[] = [];
  for (const [line, { endLine, testFiles }] of [...lines].sort(([a], [b]) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && isSame(last.testFiles, testFiles)) {
      last.endLine = Math.max(last.endLine, endLine);
      continue;
    }
    // A statement that goes on after this one, such as that of a function, is told by where it begins.
    if (last !== undefined) last.endLine = Math.min(last.endLine, line - 1);
    ranges.push({ line, endLine, testFiles });
  }
  return ranges;
}

function isSame(a: readonly InspectedTest[], b: readonly InspectedTest[]): boolean {
  return a.length === b.length && a.every((test, nth) => test === b[nth]);
}

/** The part of istanbul's libraries that is used here, which Jest brings along. */
interface Istanbul {
  createCoverageMap: (files: Record<string, FileCoverage>) => CoverageMap;
  createSourceMapStore: () => { transformCoverage(map: CoverageMap): Promise<CoverageMap> };
}

interface CoverageMap {
  files(): string[];
  fileCoverageFor(file: string): { data: MappedCoverage };
}

interface MappedCoverage extends Pick<FileCoverage, 's'> {
  statementMap: Record<string, { start: { line: number }; end: { line: number } }>;
}

/** Tells the lines of a source from the coverage data of what it was compiled to, as Jest's reporter does. */
class SourceLines {
  readonly #istanbul: Istanbul;
  /** Many test files hit the same. */
  readonly #mapped = new Map<string, Promise<MappedCoverage[]>>();

  constructor(rootDir: string) {
    const load = createRequire(fromJest('@jest/reporters', rootDir).resolve('@jest/reporters'));
    this.#istanbul = {
      ...(load('istanbul-lib-coverage') as Istanbul),
      ...(load('istanbul-lib-source-maps') as Istanbul),
    };
  }

  /** Adds the lines of a file, with a test file to those that it hits. */
  async add(
    lines: Map<number, Line>,
    coverage: FileCoverage,
    test: InspectedTest | null,
  ): Promise<void> {
    const key = JSON.stringify([coverage.hash, coverage.s]);
    for (const { s, statementMap } of await getOrCreate(this.#mapped, key, () =>
      this.#map(coverage),
    ))
      for (const [id, { start, end }] of Object.entries(statementMap)) {
        const line = getOrCreate(lines, start.line, () => ({ endLine: 0, testFiles: [] }));
        line.endLine = Math.max(line.endLine, end.line);
        if (test !== null && (s[id] ?? 0) > 0 && line.testFiles.at(-1) !== test)
          line.testFiles.push(test);
      }
  }

  async #map(coverage: FileCoverage): Promise<MappedCoverage[]> {
    const { createCoverageMap, createSourceMapStore } = this.#istanbul;
    // Mapping changes what it is given.
    const given = createCoverageMap({ [coverage.path]: structuredClone(coverage) });
    const map = await createSourceMapStore().transformCoverage(given);
    return map.files().map((file) => map.fileCoverageFor(file).data);
  }
}
