import { toolChainInputs } from '../../controller/projects/environments';
import { toStored } from '../../dependencies/files/paths';
import type { InspectedProject, Inspection, ReachedTestFile } from '../../inspection';
import { count } from '../../terminal/logger';
import { toolChainFiles } from '../../workspace/tool-chain';
import { colours } from '../command';
import { projectLabel, testTime, toolChainChanged } from './inspecting';

/** `tests` are those that run changed code, `wouldRun` those that would run with their test files. */
export interface Totals {
  testFiles: number;
  tests: number;
  wouldRun: number;
  /** In milliseconds. */
  duration: number;
}

/** What a change comes to. */
export interface Consequences {
  concerned: Concerned;
  outdated: OutdatedProject[];
  totals: Totals;
}

/** @param whole The projects in which a change runs every test file. */
export function consequencesOf(
  inspection: Inspection,
  testFiles: readonly ReachedTestFile[],
  whole: readonly InspectedProject[],
): Consequences {
  return {
    concerned: { projects: whole.length, of: inspection.projects.length },
    outdated: outdatedProjects(inspection),
    totals: totalsOf(inspection, testFiles, whole),
  };
}

/** Whether anything runs after a change. */
export function runsSomething({ totals, outdated }: Consequences): boolean {
  return totals.testFiles > 0 || outdated.length > 0;
}

function totalsOf(
  inspection: Inspection,
  testFiles: readonly ReachedTestFile[],
  whole: readonly InspectedProject[],
): Totals {
  const names = new Set(whole.map(({ key }) => key.project));
  const all = inspection.tests.filter(({ project }) => names.has(project.key.project));
  const others = testFiles.filter(({ project }) => !names.has(project));
  return {
    testFiles: all.length + others.length,
    tests: testFiles.reduce((sum, { tests }) => sum + tests.length, 0),
    wouldRun: testFiles.reduce((sum, { wouldRun }) => sum + wouldRun.tests, 0),
    duration:
      all.reduce((sum, { duration: took }) => sum + (took ?? 0), 0) +
      others.reduce((sum, { wouldRun }) => sum + wouldRun.duration, 0),
  };
}

/**
 * Makes a function that finds the projects to whose tool chain a file belongs. A change of it runs everything in them.
 * @returns Takes a stored path.
 */
export function toolChainProjects({
  request,
  projects,
}: Inspection): (file: string) => InspectedProject[] {
  const configs = projects.map(({ project }) => project.config);
  const files = toolChainInputs(request, configs).map(
    (input) => new Set(toolChainFiles(input).map((file) => toStored(request.root, file))),
  );
  return (file) =>
    /(^|\/)jest\.config\.([cm]?[jt]s|json)$/.test(file)
      ? [...projects]
      : projects.filter((_project, index) => files[index]?.has(file));
}

/** Names the projects in which everything runs, where they are not all: ` in 1 of 2 projects`. */
export function inProjects({ projects, of }: Concerned): string {
  return projects === of ? '' : ` in ${projects} of ${count(of, 'project')}`;
}

/** In how many projects of how many a change runs everything. */
export interface Concerned {
  projects: number;
  of: number;
}

/** A project whose tool chain has changed since its records were made: all its test files run, whatever else changes. */
export interface OutdatedProject {
  project: string;
  testFiles: number;
}

/** Finds the projects whose tool chain has changed. */
function outdatedProjects({ projects, tests }: Inspection): OutdatedProject[] {
  return projects
    .filter(({ recorded }) => recorded === 'other')
    .map((project) => ({
      project: project.key.project,
      testFiles: tests.filter((test) => test.project === project).length,
    }))
    .filter(({ testFiles }) => testFiles > 0);
}

/**
 * Says in one line of each such project that everything in it runs.
 * @param of How many projects there are.
 */
export function outdatedLines(outdated: readonly OutdatedProject[], of: number): string[] {
  return outdated.map(({ project, testFiles }) =>
    of === 1
      ? toolChainChanged(testFiles)
      : `${projectLabel(project)} ${toolChainChanged(testFiles)}`,
  );
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
