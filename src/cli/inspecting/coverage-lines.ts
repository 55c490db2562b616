import {
  coverageByLine,
  reportConfig,
  type CoveredLines,
  type InspectedTest,
  type Inspection,
  type LackingTestFiles,
  type LineCoverage,
} from '../../inspection';
import { count, some } from '../../terminal/logger';
import { printable } from '../../terminal/printable';
import { colours, printJson, printLines } from '../command';
import { findFile } from './find-file';
import { linesText, projectLabel, UnknownNameError } from './inspecting';

/** Why test files may be missing in what is told, with the names of some. */
export function describeLack({ affected, unrecorded, unknown }: LackingTestFiles): string {
  const parts: [readonly InspectedTest[], string][] = [
    [affected, 'affected'],
    [unrecorded, 'without recorded coverage'],
    [unknown, 'of which what is recorded does not tell what they cover now'],
  ];
  return (
    parts
      .filter(([tests]) => tests.length > 0)
      // A line break in a name would end the sentence.
      .map(
        ([tests, why]) => `${tests.length} ${why}${some(tests.map(({ path }) => printable(path)))}`,
      )
      .join(', ')
  );
}

/** Prints which test files hit which lines of a file. @param text A file, or a file and line. */
export async function printCoveredLines(
  inspection: Inspection,
  text: string,
  json: boolean,
): Promise<void> {
  const { file, line } = findFile(inspection, text);
  const found = await coverageByLine(inspection, file, reportConfig(inspection));
  if (found.lines === null && isComplete(found.lacking))
    throw new UnknownNameError(`no coverage is collected from ${file}`);
  const lines = (found.lines ?? []).filter(
    (range) => line === null || (range.line <= line && line <= range.endLine),
  );
  if (json) printJson(asJson({ ...found, lines }));
  else printLines(describe({ ...found, lines }, inspection, line));
}

function isComplete({ affected, unrecorded, unknown }: LackingTestFiles): boolean {
  return affected.length + unrecorded.length + unknown.length === 0;
}

function asJson({ file, lines, lacking }: LineCoverage): unknown {
  const named = (tests: readonly InspectedTest[]) =>
    tests.map(({ path, project }) => ({ path, project: project.key.project }));
  const { affected, unrecorded, unknown } = lacking;
  return {
    file,
    lines: lines?.map((range) => ({ ...range, testFiles: named(range.testFiles) })) ?? [],
    lacking: {
      affected: named(affected),
      unrecorded: named(unrecorded),
      unknown: named(unknown),
    },
  };
}

/** @param only The line that was asked for; null for all. */
function describe(
  { file, lines, lacking }: LineCoverage & { lines: readonly CoveredLines[] },
  { projects }: Inspection,
  only: number | null,
): string[] {
  const nameOf = ({ path, project }: InspectedTest) =>
    projects.length > 1 ? `${path} ${projectLabel(project.key.project)}` : path;
  const testFiles = new Set(lines.flatMap((range) => range.testFiles));
  const labels = lines.map((range) => linesText(range));
  const width = Math.max(0, ...labels.map(({ length }) => length)) + 2;
  const rows = lines.flatMap((range, nth) => {
    const label = `  ${(labels[nth] ?? '').padEnd(width)}`;
    const names = range.testFiles.map(nameOf);
    if (names.length === 0) return [`${label}${colours.red('no test file')}`];
    if (only !== null)
      return names.map((name, at) => (at === 0 ? label : ' '.repeat(width + 2)) + name);
    if (names.length === 1) return [label + names.join('')];
    return [`${label}${names.length} test files${some(names)}`];
  });
  return [
    `${only === null ? file : `${file}:${only}`} is hit by ${testFiles.size === 0 ? 'no test file' : count(testFiles.size, 'test file')}${rows.length === 0 ? '.' : ':'}`,
    '',
    ...rows,
    ...(isComplete(lacking)
      ? []
      : [
          '',
          colours.dim(
            `Not told, until "jest-testmon --coverage" has run: ${describeLack(lacking)}.`,
          ),
        ]),
  ];
}
