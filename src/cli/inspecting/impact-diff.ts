import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../dependencies/files/paths';
import type { Inspection } from '../../inspection';
import { findDiffImpact, type DiffImpact } from '../../inspection/diff/diff-impact';
import { parseDiff } from '../../inspection/diff/parse-diff';
import { count, duration, some } from '../../terminal/logger';
import { printJson, printLines } from '../command';
import {
  consequencesOf,
  inProjects,
  outdatedLines,
  runsSomething,
  testFilesList,
  toolChainProjects,
  type Consequences,
} from './impact-lines';
import { UnknownNameError } from './inspecting';

interface DiffFlags {
  json?: true;
  limit: number;
  tests: boolean;
}

/** The answer about a whole change. */
interface Answer extends DiffImpact, Consequences {
  /** The files of the change that shape every result, so that it runs everything. */
  toolChain: string[];
}

/**
 * Tells what a unified diff on standard input would run.
 * @returns Whether it would run something.
 */
export async function answerDiff(inspection: Inspection, flags: DiffFlags): Promise<boolean> {
  if (process.stdin.isTTY)
    throw new UnknownNameError(
      '--diff reads a unified diff: git diff main | jest-testmon impact --diff',
    );
  const given = await text(process.stdin);
  const diffs = parseDiff(given);
  if (diffs.length === 0 && given.trim() !== '')
    throw new UnknownNameError(
      'standard input holds no unified diff, such as "git diff main" prints; nothing can be told of it.',
    );
  const { root } = inspection.request;
  const found = await findDiffImpact(inspection, diffs, [
    repositoryRoot(root),
    process.cwd(),
    root,
  ]);
  const projectsOf = toolChainProjects(inspection);
  const shaping = found.files.map(({ path }) => ({ path, projects: projectsOf(path) }));
  const whole = new Set(shaping.flatMap(({ projects }) => projects));
  const answer: Answer = {
    ...found,
    toolChain: shaping.filter(({ projects }) => projects.length > 0).map(({ path }) => path),
    ...consequencesOf(inspection, found.testFiles, [...whole]),
  };
  if (flags.json === true) printJson(answer);
  else printLines(describe(answer, flags));
  const isDoubtful = found.files.some(({ state }) => state === 'missing');
  return runsSomething(answer) || found.newTestFiles.length > 0 || isDoubtful;
}

function describe(answer: Answer, flags: DiffFlags): string[] {
  const { files, toolChain, concerned, testFiles, newTestFiles, totals } = answer;
  if (files.length === 0) return ['the diff changes no file, so it would run nothing.'];
  const change = `This change of ${count(files.length, 'file')} would run`;
  const time = `about ${duration(totals.duration)}`;
  if (toolChain.length > 0)
    return [
      `${change} everything${inProjects(concerned)}, ${count(totals.testFiles, 'test file')}${concerned.projects < concerned.of ? ' in all' : ''}, ${time}, as it is one of the tool chain${some(toolChain)}.`,
    ];
  const named = (state: Answer['files'][number]['state']) =>
    files.filter((file) => file.state === state).map((file) => file.path);
  const [missing, whole] = [named('missing'), named('whole')];
  const notes = [
    ...(whole.length > 0
      ? [
          `${count(whole.length, 'file')} ${whole.length === 1 ? 'counts' : 'count'} as a whole, as the diff does not tell how ${whole.length === 1 ? 'it' : 'they'} changed or fits neither side of the change${some(whole)}.`,
        ]
      : []),
    ...(missing.length > 0
      ? [
          `${count(missing.length, 'file')} ${missing.length === 1 ? 'is' : 'are'} not to be found here, so it is not known what ${missing.length === 1 ? 'its change' : 'their changes'} would run${some(missing)}.`,
        ]
      : []),
    ...(newTestFiles.length > 0
      ? [
          `${count(newTestFiles.length, 'new test file')} ${newTestFiles.length === 1 ? 'runs' : 'run'} too${some(newTestFiles)}.`,
        ]
      : []),
  ];
  const outdated = outdatedLines(answer.outdated, concerned.of);
  if (testFiles.length === 0)
    return [`${change} none of the recorded test files.`, ...outdated, ...notes];
  return [
    `${change} ${count(totals.testFiles, 'test file')}, ${time}; ${totals.tests} of their tests ${totals.tests === 1 ? 'runs' : 'run'} code that changes.`,
    ...outdated,
    ...notes,
    '',
    ...testFilesList(testFiles, { limit: flags.limit, allTests: flags.tests }),
  ];
}
