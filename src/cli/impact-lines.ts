import { toolChainInputs } from '../controller/projects/environments';
import { toStored } from '../dependencies/files/paths';
import type { Inspection, ReachedTestFile } from '../inspection';
import { count } from '../terminal/logger';
import { toolChainFiles } from '../workspace/tool-chain';
import { colours } from './command';
import { projectLabel, testTime } from './inspecting';

/** `tests` are those that run changed code, `wouldRun` those that would run with their test files. */
export interface Totals {
  testFiles: number;
  tests: number;
  wouldRun: number;
  duration: number;
}

/** @param everything Whether a change runs every test file. */
export function totalsOf(
  inspection: Inspection,
  testFiles: readonly ReachedTestFile[],
  everything: boolean,
): Totals {
  return {
    testFiles: everything ? inspection.tests.length : testFiles.length,
    tests: testFiles.reduce((sum, { tests }) => sum + tests.length, 0),
    wouldRun: testFiles.reduce((sum, { wouldRun }) => sum + wouldRun.tests, 0),
    duration: everything
      ? inspection.tests.reduce((sum, { duration: took }) => sum + (took ?? 0), 0)
      : testFiles.reduce((sum, { wouldRun }) => sum + wouldRun.duration, 0),
  };
}

/**
 * Makes a test that tells whether a file shapes every result, so that a change of it runs everything.
 * @returns Takes stored paths.
 */
export function toolChainTest({ request, projects }: Inspection): (file: string) => boolean {
  const configs = projects.map(({ project }) => project.config);
  const files = new Set(
    toolChainInputs(request, configs)
      .flatMap((input) => toolChainFiles(input))
      .map((file) => toStored(request.root, file)),
  );
  return (file) => /(^|\/)jest\.config\.([cm]?[jt]s|json)$/.test(file) || files.has(file);
}

/** Test files that a change reaches, and some of their tests, as lines. */
export function testFilesList(
  testFiles: readonly ReachedTestFile[],
  { limit, allTests }: { limit: number; allTests: boolean },
): string[] {
  const several = new Set(testFiles.map(({ project }) => project)).size > 1;
  const lines = testFiles.slice(0, limit).flatMap((one) => testFileLines(one, several, allTests));
  if (testFiles.length <= limit) return lines;
  const more = count(testFiles.length - limit, 'more test file');
  return [...lines, colours.dim(`  and ${more}; --limit ${testFiles.length} shows all`)];
}

/** How many tests of a file are named unasked. */
const MAX_NAMED = 3;

function testFileLines(
  { path, project, duration: took, affected, shared, tests }: ReachedTestFile,
  several: boolean,
  allTests: boolean,
): string[] {
  const name = several ? `${path} ${colours.dim(projectLabel(project))}` : path;
  const which = shared ? `all ${count(tests.length, 'test')}` : count(tests.length, 'test');
  const now = affected ? colours.yellow(' (would run now)') : '';
  const named = allTests || (!shared && tests.length <= MAX_NAMED) ? tests : [];
  return [
    `  ${testTime(took).padStart(11)}  ${name}  ${colours.dim(which)}${now}`,
    ...named.map((test) => `${' '.repeat(17)}${test.name} ${colours.dim(testTime(test.duration))}`),
  ];
}
