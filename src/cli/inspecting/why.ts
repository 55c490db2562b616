import { EXPORT_NAMES, TEST_NAMES } from '../../blocks';
import { ago } from '../../terminal/age';
import { count, duration } from '../../terminal/logger';
import {
  explain,
  explainTests,
  type BlockChange,
  type Changes,
  type Explanation,
  type InspectedTest,
  type Inspection,
  type TestExplanation,
} from '../../inspection';
import { findPaths } from '../../inspection/targets';
import { colours, makeCommand, printJson, printLines } from '../command';
import type { Subcommand } from '../subcommand';
import {
  functionName,
  inspecting,
  linesText,
  look,
  projectLabel,
  testTime,
  UnknownNameError,
  withExitCode,
  type InspectingFlags,
} from './inspecting';

/** `jest-testmon why`: tells why a test file would run now, or not. */
export const why: Subcommand = {
  name: 'why',
  summary: 'tell why a test file would run now, or not',
  run,
};

/** If there are more test files, each gets one line only. */
const MAX_TESTS_IN_FULL = 5;

/** The explanation of a test file, with explanations of those of its tests that the user named. */
type Answer = Explanation & { tests: TestExplanation[] };

async function run(args: string[]): Promise<void> {
  const command = withExitCode(
    inspecting(
      makeCommand(
        why.name,
        'Tells why a test file would run now or not: each changed block with its function and lines, each changed ' +
          'package, file or variable; or the record that matches, and its age. Of a test that is named, what it ran itself ' +
          'is told apart from what all tests of its file share.',
        {
          exitCodes: [
            '0  answered',
            '1  with --exit-code, it would run; or the project or its database cannot be used, which is said',
            '2  there is no such test file or test, or the command line was not understood',
          ],
          examples: [
            ['why src/form.test.ts', 'a test file'],
            ['why form', 'every test file whose path holds "form"'],
            ['why "rejects an empty name"', 'the tests whose name holds that'],
          ],
        },
      ).argument('[test]', 'a test file, part of its path, or part of a test’s name'),
    ),
  ).parse(args, { from: 'user' });
  const flags = command.opts<InspectingFlags>();
  await look(command.args, flags, async (inspection) => {
    const answers = await answer(inspection);
    if (flags.json === true) printJson(answers);
    else printLines(describe(answers));
    return answers.some(({ wouldRun, tests }) =>
      tests.length === 0 ? wouldRun : tests.some((test) => test.wouldRun),
    );
  });
}

async function answer(inspection: Inspection): Promise<Answer[]> {
  const text = inspection.positionals.join(' ');
  if (text === '') {
    throw new UnknownNameError(
      'name a test file, part of its path, or part of a test’s name: jest-testmon why src/form.test.ts',
    );
  }
  const answers: Answer[] = [];
  for (const { test, tests } of await find(inspection, text))
    answers.push({ ...(await explain(inspection, test)), tests });
  return answers;
}

async function find(
  inspection: Inspection,
  text: string,
): Promise<{ test: InspectedTest; tests: TestExplanation[] }[]> {
  const { tests, request } = inspection;
  const all = new Set(tests.map(({ path }) => path));
  const paths = new Set(findPaths(all, text, request.root, process.cwd()));
  if (paths.size > 0)
    return tests.filter(({ path }) => paths.has(path)).map((test) => ({ test, tests: [] }));
  const found = [];
  for (const test of tests) {
    const named = await explainTests(inspection, test, text);
    if (named.length > 0) found.push({ test, tests: named });
  }
  if (found.length > 0) return found;
  throw new UnknownNameError(
    `no test file has "${text}" in its path, and no recorded test in its name; ` +
      `"jest-testmon --testmon-noselect --listTests" prints the test files that Jest finds.`,
  );
}

function describe(answers: readonly Answer[]): string[] {
  const several = new Set(answers.map(({ project }) => project)).size > 1;
  if (answers.length <= MAX_TESTS_IN_FULL)
    return answers.flatMap((one, index) => [...(index > 0 ? [''] : []), ...inFull(one, several)]);
  const running = answers.filter(({ wouldRun }) => wouldRun);
  return [
    `${count(answers.length, 'test file')}, of which ${running.length} would run:`,
    '',
    ...answers.map((one) => `  ${headline(one, several)}`),
    ...(running.length > 0
      ? ['', colours.dim('Name one of them to see what changed for it, in full.')]
      : []),
  ];
}

function headline(answer: Answer, several: boolean): string {
  const { path, project, wouldRun } = answer;
  const state = wouldRun ? colours.yellow('would run') : colours.green('need not run');
  const name = several ? `${path} ${colours.dim(projectLabel(project))}` : path;
  return `${colours.bold(name)} ${state}: ${reasonText(answer)}`;
}

function reasonText({ reason, record, files, causes }: Answer): string {
  const passed =
    record === null ? '' : `${ago(record.recordedAt)}, in ${duration(record.duration)}`;
  switch (reason) {
    case 'unaffected':
      return `nothing that it ran or read has changed since it passed ${passed}.`;
    case 'changed': {
      const blocks = files.reduce((sum, file) => sum + file.blocks.length, 0);
      const parts = [
        ...(blocks > 0 ? [`${count(blocks, 'block')} of code that it ran`] : []),
        ...(causes.length > 0 ? [`${count(causes.length, 'other thing')} that it used`] : []),
      ];
      return `${parts.join(' and ')} changed since it passed ${passed}.`;
    }
    case 'failed':
      return 'it failed last time, and runs until it passes.';
    case 'always':
      return 'the option "always" names it.';
    case 'environment':
      return 'the Jest config, a transformer, Jest or another part of the tool chain changed since it was recorded, so everything runs once.';
    case 'new':
      return 'there is no record yet of all its tests passing.';
  }
}

function inFull(answer: Answer, several: boolean): string[] {
  const { skipped, tests } = answer;
  const lines = [headline(answer, several)];
  if (skipped !== null) {
    lines.push(
      `  ${skipped.tests} of its ${count(skipped.of, 'test')} ${skipped.tests === 1 ? 'is' : 'are'} skipped all the same: what ${skipped.tests === 1 ? 'it depends' : 'they depend'} on has not changed.`,
    );
  }
  if (tests.length === 0) return [...lines, ...changeLines(answer)];
  const [first] = tests;
  for (const test of tests) {
    lines.push('', `  test ${colours.cyan(test.name)} ${testText(test, answer)}`);
    lines.push(...changeLines(test.own).map(indent));
  }
  const shared = changeLines(first?.shared ?? { files: [], causes: [] });
  if (shared.length > 0)
    lines.push('', '  Shared by all tests of the file, and changed:', ...shared.map(indent));
  return lines;
}

function testText({ reason, record, duration: took }: TestExplanation, answer: Answer): string {
  const passed = record === null ? '' : ` since it passed ${ago(record.recordedAt)}`;
  const runs = colours.yellow('would run');
  const time = colours.dim(`(${testTime(took)})`);
  switch (reason) {
    case 'unaffected':
      return `${colours.green('need not run')} ${time}, as its file need not.`;
    case 'skipped':
      return `${colours.green('is skipped')} ${time}: neither what it ran or read nor what its file shares has changed${passed}.`;
    case 'own':
      return `${runs} ${time}: what it ran or read itself has changed${passed}.`;
    case 'shared':
      return `${runs} ${time}: what all tests of its file share has changed${passed}.`;
    case 'order':
      return `${runs} ${time} with its whole file, whose tests were seen to depend on each other.`;
    case 'file':
      return answer.reason === 'changed'
        ? `${runs} ${time} with its file, though nothing that it depends on has changed${passed}.`
        : `${runs} ${time} with its file.`;
  }
}

function changeLines({ files, causes }: Changes): string[] {
  const lines: string[] = [];
  for (const { path, state, blocks } of files) {
    const note =
      state === 'gone' ? ' is gone' : state === 'unreadable' ? ' can no longer be transformed' : '';
    lines.push('', `  ${colours.cyan(path)}${note}`);
    // Blocks whose place is unknown can look alike.
    const texts = new Set(blocks.map((block) => blockText(block, path)));
    if (state === 'changed') lines.push(...[...texts].map((text) => `    ${text}`));
  }
  if (causes.length > 0) lines.push('', ...causes.map(({ text }) => `  ${text}`));
  return lines;
}

function indent(line: string): string {
  return line === '' ? line : `  ${line}`;
}

function blockText({ name, names, through, before, after }: BlockChange, path: string): string {
  const isModule = name === '' && before.line <= 1;
  const uses = throughText(through ?? []);
  if (isModule) return `module-level code (imports, constants, the shape of the file)${uses}`;
  if (names !== undefined) return `${functionName(name)}${namesText(names)}`;
  if (name === EXPORT_NAMES || name === TEST_NAMES) return functionName(name);
  const where = name === '' ? 'code outside of functions' : functionName(name);
  const was = linesText(before);
  if (after === null) return `${where} is gone${was === '' ? '' : ` (was ${was})`}`;
  const is = after.line === 0 ? '' : `  ${path}:${after.line}`;
  const moved = was === '' || was === linesText(after) ? '' : ` (was ${was})`;
  return `${where}${is === '' ? '' : `, ${linesText(after)}`}${moved}${uses}${colours.dim(is)}`;
}

/** Which names of exports changed: `: month is new, day is gone`. Empty where their order alone did. */
function namesText({ added, removed }: NonNullable<BlockChange['names']>): string {
  const parts = [
    ...(added.length > 0 ? [`${listed(added)} new`] : []),
    ...(removed.length > 0 ? [`${listed(removed)} gone`] : []),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

/** Which changed declarations a block refers to: `, which uses units (line 1)`. */
function throughText(through: readonly Named[]): string {
  if (through.length === 0) return '';
  const shown = through.slice(0, MAX_NAMES).map((declaration) => {
    const where = linesText(declaration);
    return `${functionName(declaration.name)}${where === '' ? '' : ` (${where})`}`;
  });
  const more = through.length - shown.length;
  return `, which uses ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

type Named = NonNullable<BlockChange['through']>[number];

/** If there are more names, they are counted. */
const MAX_NAMES = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  const more = names.length - MAX_NAMES;
  return `${shown}${more > 0 ? ` and ${more} more` : ''} ${names.length === 1 ? 'is' : 'are'}`;
}
