import { Option } from 'commander';
import { locateProject } from '../config/reading/locate';
import { renderMarkdown, renderText } from '../controller/run-report/render';
import {
  readRunReport,
  RUN_REPORT_NOTE,
  type RunReport,
} from '../controller/run-report/run-report';
import { openReadonly } from '../inspection/open';
import { EXIT, fail, makeCommand, printJson, printLines } from './command';
import type { Subcommand } from './subcommand';

const FORMATS = ['text', 'markdown', 'json'] as const;

interface Flags {
  format: (typeof FORMATS)[number];
  json?: true;
  config?: string;
}

/** `jest-testmon summary`: what the last run did, for the page of a CI job or a comment on a pull request. */
export const summary: Subcommand = {
  name: 'summary',
  summary: 'tell what the last run did: what ran and why, what was left out',
  run,
};

async function run(args: string[]): Promise<void> {
  const { format, json, config } = makeCommand(
    summary.name,
    'Tells what the last run did: what ran and why, what was left out and the time that this saved, what failed, and ' +
      'what spot checks found. On GitHub Actions each run adds this to its page by itself.',
    {
      exitCodes: [
        '0  answered',
        '1  there was no run yet, or the database cannot be used, which is said',
        '2  the command line was not understood',
      ],
      examples: [
        ['summary', 'what the last run did'],
        ['summary --format markdown > comment.md', 'for a comment on a pull request'],
        ['summary --format json', 'for a program'],
      ],
    },
  )
    .addOption(
      new Option('--format <format>', 'how to print it').choices(FORMATS).default('text' as const),
    )
    .option('--json', 'as --format json')
    .option('-c, --config <path>', 'the Jest config of the project, as for Jest')
    .allowExcessArguments(false)
    .parse(args, { from: 'user' })
    .opts<Flags>();
  const isJson = json === true || format === 'json';
  try {
    const { dataFile } = await locateProject(config);
    const report = readLast(dataFile);
    if (isJson) printJson(report);
    else
      printLines(format === 'markdown' ? renderMarkdown(report).split('\n') : renderText(report));
    process.exitCode = EXIT.good;
  } catch (error) {
    fail(error, isJson);
  }
}

/** @throws Where there is none, with a sentence on why. */
function readLast(dataFile: string): RunReport {
  const { store, problem } = openReadonly(dataFile);
  if (problem !== null) throw problem;
  try {
    const report = readRunReport(store?.note(RUN_REPORT_NOTE));
    if (report !== null) return report;
  } finally {
    store?.close();
  }
  throw new Error(`there is no summary of a run in ${dataFile} yet; run jest-testmon first.`);
}
