import { getOrCreate } from '../../dependencies/get-or-create';
import { ago } from '../../terminal/age';
import { count } from '../../terminal/logger';
import { findFlakyTests, type FlakyTest } from '../../inspection';
import { colours, makeCommand, printJson, printLines } from '../command';
import type { Subcommand } from '../subcommand';
import { inspecting, look, projectLabel, type InspectingFlags } from './inspecting';

/** `jest-testmon flaky`: lists the tests whose outcome changed although nothing that is watched did. */
export const flaky: Subcommand = {
  name: 'flaky',
  summary: 'list the tests whose outcome changed although nothing else did',
  run,
};

async function run(args: string[]): Promise<void> {
  const command = inspecting(
    makeCommand(
      flaky.name,
      'Lists the tests that had another outcome than before, although nothing that is watched had changed: how often ' +
        'that was seen, when last, and between which outcomes. A test counts for 90 days after it was last seen to be flaky.',
      {
        exitCodes: [
          '0  answered',
          '1  the project or its database cannot be used, which is said',
          '2  the command line was not understood',
        ],
        examples: [
          ['flaky', 'the flaky tests, most often seen first'],
          ['flaky --json', 'the same for a script'],
        ],
      },
    ),
  ).parse(args, { from: 'user' });
  const flags = command.opts<InspectingFlags>();
  await look(command.args, flags, ({ store, projects }) => {
    const tests = findFlakyTests(store);
    if (flags.json === true) printJson(tests);
    else printLines(describe(tests, projects.length > 1));
    return Promise.resolve(false);
  });
}

function describe(tests: readonly FlakyTest[], namesProjects: boolean): string[] {
  if (tests.length === 0) return ['No test was seen to be flaky.'];
  const files = new Map<string, FlakyTest[]>();
  for (const test of tests) {
    const { path, project } = test;
    const label = namesProjects ? `${path} ${colours.dim(projectLabel(project))}` : path;
    getOrCreate(files, label, () => []).push(test);
  }
  return [
    `${count(tests.length, 'flaky test')}, whose outcome changed although nothing that is watched did:`,
    ...[...files].flatMap(([label, own]) => ['', colours.bold(label), ...own.map(lineOf)]),
  ];
}

function lineOf({ test, times, last, ...seen }: FlakyTest): string {
  const name = test === null ? 'the test file as a whole' : `"${test.join(' ')}"`;
  const between = [
    ...outcomes(seen.passedThenFailed, 'failed after it had passed'),
    ...outcomes(seen.failedThenPassed, 'passed after it had failed'),
    ...outcomes(seen.passedOnRetry, 'passed when it was retried'),
  ];
  return `  ${name} seen ${count(times, 'time')}, last ${ago(last)}: ${between.join(', ')}`;
}

function outcomes(times: number, what: string): string[] {
  return times === 0 ? [] : [times === 1 ? what : `${times} times ${what}`];
}
