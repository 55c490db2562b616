import { getOrCreate } from '../dependencies/get-or-create';
import { compareText } from '../records/footprint';
import type { LackingTestFiles, ReportConfig } from './carried-report';
import type { InspectedTest, Inspection } from './inspection';
import { lineSource, type LineSource, type SourceCoverage } from './line-sources';

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

/** The lines of files, by stored path. */
type Lines = Map<string, Map<number, Line>>;

/** Test files of which what they hit is not told. */
type Lacking = Record<keyof LackingTestFiles, InspectedTest[]>;

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
  const source = lineSource({ store }, config);
  const { lines, lacking } = await hitLines(tests, source, file);
  const hit = lines.get(file);
  if (hit !== undefined) return { file, lines: rangesOf(hit), lacking };
  for (const project of projects) {
    const empty = await source.empty(project, file);
    if (empty !== null) addLines(getOrCreate(lines, file, newLines), empty, null);
  }
  const empty = lines.get(file);
  return { file, lines: empty === undefined ? null : rangesOf(empty), lacking };
}

/**
 * The same of every file that an unaffected test file loads.
 * @returns The lines by stored path. Null where no coverage is recorded.
 */
export async function coverageByLineOfAll(
  { tests, store }: Pick<Inspection, 'tests' | 'store'>,
  config: ReportConfig,
): Promise<{ files: Map<string, CoveredLines[]>; lacking: LackingTestFiles } | null> {
  const { lines, lacking } = await hitLines(tests, lineSource({ store }, config), null);
  if (lines.size === 0) return null;
  const files = new Map([...lines].map(([file, hit]) => [file, rangesOf(hit)]));
  return { files, lacking };
}

async function hitLines(
  tests: readonly InspectedTest[],
  source: LineSource,
  only: string | null,
): Promise<{ lines: Lines; lacking: Lacking }> {
  const lines: Lines = new Map();
  const lacking: Lacking = { affected: [], unrecorded: [], unknown: [] };
  // Jest finds test files in whichever order the file system has them.
  const sorted = [...tests].sort((a, b) => compareText(a.path, b.path));
  for (const test of sorted) {
    const found = test.decision.affected ? 'affected' : await source.of(test, only);
    if (typeof found === 'string') lacking[found].push(test);
    else
      for (const { path, coverage } of found)
        addLines(getOrCreate(lines, path, newLines), await coverage(), test);
  }
  return { lines, lacking };
}

function newLines(): Map<number, Line> {
  return new Map();
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
