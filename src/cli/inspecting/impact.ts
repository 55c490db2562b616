import { decodeLocations } from '../../blocks';
import { count, duration } from '../../terminal/logger';
import {
  editCosts,
  findImpact,
  recordOf,
  type EditCost,
  type Impact,
  type Inspection,
} from '../../inspection';
import { decodeBlocks } from '../../store';
import { answerDiff } from './impact-diff';
import {
  consequencesOf,
  inProjects,
  outdatedLines,
  runsSomething,
  testFilesList,
  toolChainProjects,
  type Consequences,
} from './impact-lines';
import { findFile } from './find-file';
import { colours, makeCommand, printJson, printLines } from '../command';
import type { Subcommand } from '../subcommand';
import {
  functionName,
  inspecting,
  linesText,
  look,
  UnknownNameError,
  withExitCode,
  type InspectingFlags,
} from './inspecting';

/** `jest-testmon impact`: tells which tests a change would run. */
export const impact: Subcommand = {
  name: 'impact',
  summary: 'tell which tests a change of a file or line would run',
  run,
};

interface Flags extends InspectingFlags {
  sort?: string;
  limit: string;
  tests?: true;
  diff?: true;
}

/** The answer about one file or line. */
interface Answer extends Impact, Consequences {
  /** Whether the file is part of the tool chain, so that a change runs everything. */
  toolChain: boolean;
}

async function run(args: string[]): Promise<void> {
  const command = withExitCode(
    inspecting(
      makeCommand(
        impact.name,
        'Tells which test files and tests a change of a file, or at a line of it, would run, and how long they take. ' +
          'With --sort time and no file: the functions of the whole project whose edits cost most. ' +
          'With --diff: what a whole change would run, such as git diff main; the working tree stays as it is.',
        {
          exitCodes: [
            '0  answered',
            '1  with --exit-code, a change there would run something; or the project or its database cannot be used, which is said',
            '2  there is no such file, or the command line was not understood',
          ],
          examples: [
            ['impact src/form.ts', 'a change anywhere in a file'],
            ['impact src/form.ts:42', 'a change at a line'],
            ['impact --sort time', 'the costliest functions to edit'],
            ['impact --diff < my.patch', 'a whole change, such as that of a pull request'],
          ],
        },
      )
        .argument('[place]', 'a file, or a file and line such as src/form.ts:42')
        .option('--sort <by>', '"time": list the costliest places of the whole project')
        .option('--diff', 'read a unified diff from standard input: a whole change')
        .option('--limit <number>', 'how many lines a list has', '20')
        .option('--tests', 'name every test, not only where few of a file are concerned'),
    ),
  ).parse(args, { from: 'user' });
  const flags = command.opts<Flags>();
  const limit = Number(flags.limit);
  if (!Number.isSafeInteger(limit) || limit < 1)
    command.error(`testmon: --limit must be a whole number from 1, not "${flags.limit}".`);
  if (flags.sort !== undefined && flags.sort !== 'time')
    command.error(`testmon: --sort knows "time" only, not "${flags.sort}".`);
  await look(command.args, flags, async (inspection) => {
    if (flags.diff === true)
      return answerDiff(inspection, { ...flags, limit, tests: flags.tests === true });
    const text = inspection.positionals.join(' ');
    if (text === '' && flags.sort === 'time') {
      const costs = costsOf(inspection);
      if (flags.json === true) printJson(costs);
      else printLines(describeCosts(costs, limit));
      return costs.length > 0;
    }
    const answer = await answerFor(inspection, text);
    if (flags.json === true) printJson(answer);
    else {
      const byTest = inspection.request.options.granularity === 'test';
      printLines(describe(answer, { limit, allTests: flags.tests === true, byTest }));
    }
    return runsSomething(answer);
  });
}

async function answerFor(inspection: Inspection, text: string): Promise<Answer> {
  if (text === '') {
    throw new UnknownNameError(
      'name a file, or a file and line: jest-testmon impact src/form.ts:42; or list the costliest with --sort time.',
    );
  }
  const { file, line } = findFile(inspection, text);
  const found = await findImpact(inspection, file, line);
  const whole = toolChainProjects(inspection)(file);
  return {
    ...found,
    toolChain: whole.length > 0,
    ...consequencesOf(inspection, found.testFiles, whole),
  };
}

function costsOf({ tests, projects, store }: Inspection): EditCost[] {
  const costs = projects.flatMap((project) => {
    const records = tests
      .filter((test) => test.project === project)
      .flatMap((test) => {
        const record = recordOf(test);
        return record === null
          ? []
          : [
              {
                duration: test.duration ?? record.duration,
                blocks: decodeBlocks(record.blocks),
              },
            ];
      });
    const versions = [...(project.project.data?.versions.values() ?? [])].map(
      ({ id, path, fingerprints }) => ({
        id,
        path,
        fingerprints,
        places: decodeLocations(store?.places(id) ?? ''),
      }),
    );
    return editCosts(records, versions);
  });
  // If several projects share a file, the costs add up.
  const united = new Map<string, EditCost>();
  for (const cost of costs) {
    const key = `${cost.path}\0${cost.kind}\0${cost.name}`;
    const before = united.get(key);
    if (before === undefined) united.set(key, { ...cost });
    else {
      before.testFiles += cost.testFiles;
      before.duration += cost.duration;
    }
  }
  return [...united.values()].sort((a, b) => b.duration - a.duration);
}

function describeCosts(costs: readonly EditCost[], limit: number): string[] {
  if (costs.length === 0)
    return [
      'nothing is recorded yet, so nothing is known of what an edit costs; run jest-testmon once.',
    ];
  const part = (kind: EditCost['kind'], title: string): string[] => [
    colours.bold(title),
    ...costs
      .filter((cost) => cost.kind === kind)
      .slice(0, limit)
      .map(
        ({ path, line, name, testFiles, duration: took }) =>
          `  ${duration(took).padStart(11)}  ${count(testFiles, 'test file').padStart(14)}  ${kind === 'function' ? `${functionName(name)} ${colours.dim(`${path}:${line}`)}` : path}`,
      ),
  ];
  return [
    ...part('function', 'The functions whose edits cost the most test time:'),
    '',
    ...part('module', 'The files whose module-level code (imports, constants) costs most:'),
  ];
}

function describe(
  answer: Answer,
  { limit, allTests, byTest }: { limit: number; allTests: boolean; byTest: boolean },
): string[] {
  const { file, line, block, named, precision, testFiles, toolChain, concerned, totals } = answer;
  const place = line === null ? file : `${file}:${line}`;
  if (toolChain) {
    return [
      `${colours.bold(place)} is part of the tool chain: a change of it runs everything${inProjects(concerned)}, ${count(totals.testFiles, 'test file')}, about ${duration(totals.duration)}.`,
    ];
  }
  const outdated = outdatedLines(answer.outdated, concerned.of);
  if (testFiles.length === 0) {
    if (outdated.length > 0) return outdated;
    return [
      `no recorded test runs or reads ${colours.bold(place)}: a change there would run nothing.`,
    ];
  }
  const already = testFiles.filter(({ affected }) => affected).length;
  const change = `A change ${line === null ? 'of' : 'at'} ${colours.bold(place)}${blockText(block, named)} would run`;
  const files = count(totals.testFiles, 'test file');
  const time = `about ${duration(totals.duration)}`;
  const lines = [
    byTest
      ? `${change} ${count(totals.wouldRun, 'test')} in ${files}, ${time}.`
      : `${change} ${files}, ${time}; ${totals.tests} of their tests ${totals.tests === 1 ? 'runs' : 'run'} code there.`,
  ];
  if (precision === 'edited')
    lines.push(
      'This place was edited since it was recorded, so these are the tests that ran what it was.',
    );
  if (already > 0)
    lines.push(
      already === testFiles.length
        ? 'All of them would run now in any case.'
        : `${already} of them would run now in any case.`,
    );
  return [...lines, ...outdated, '', ...testFilesList(testFiles, { limit, allTests })];
}

function blockText(block: Answer['block'], named: Answer['named']): string {
  if (block === null) return '';
  const also = named.map(({ name }) => functionName(name)).join(', ');
  const onLine = also === '' ? '' : `, on the line of ${also}`;
  if (block.name === '') return ` (module-level code${onLine})`;
  const where = linesText(block);
  return ` (in ${functionName(block.name)}${where === '' ? '' : `, ${where}`}${onLine})`;
}
