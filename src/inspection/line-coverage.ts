import { getOrCreate } from '../dependencies/get-or-create';
import type { LackingTestFiles, ReportConfig } from './carried-report';
import type { InspectedTest, Inspection } from './inspection';
import { lineSource, type SourceCoverage } from './line-sources';

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
  const source = lineSource({ store }, file, config);
  let counts = false;
  for (const test of tests) {
    if (test.decision.affected) {
      lacking.affected.push(test);
      continue;
    }
    const found = await source.of(test);
    if (found === 'unrecorded' || found === 'unknown') lacking[found].push(test);
    else if (found !== null) {
      counts = true;
      addLines(lines, found, test);
    }
  }
  if (counts) return { file, lines: rangesOf(lines), lacking };
  for (const project of projects) {
    const empty = await source.empty(project);
    if (empty === null) continue;
    counts = true;
    addLines(lines, empty, null);
  }
  return { file, lines: counts ? rangesOf(lines) : null, lacking };
}

/** Adds the lines of a file, with a test file to those that it hits. */
function addLines(
  lines: Map<number, Line>,
  coverage: readonly SourceCoverage[],
  test: InspectedTest | null,
): void {
  for (const { s, statementMap } of coverage)
    for (const [id, { start, end }] of Object.entries(statementMap)) {
      const line = getOrCreate(lines, start.line, () => ({ endLine: 0, testFiles: [] }));
      line.endLine = Math.max(line.endLine, end.line);
      if (test !== null && (s[id] ?? 0) > 0 && line.testFiles.at(-1) !== test)
        line.testFiles.push(test);
    }
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
