import * as path from 'node:path';
import { Option } from 'commander';
import { locateProject } from '../config/reading/locate';
import { renderMarkdown, renderText } from '../controller/run-report/render';
import { uniteShards } from '../controller/run-report/unite';
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
  const command = makeCommand(
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
        ['summary records/shard-*.db', 'what the shards of a run did together'],
        ['summary --format json', 'for a program'],
      ],
    },
  )
    .addOption(
      new Option('--format <format>', 'how to print it').choices(FORMATS).default('text' as const),
    )
    .option('--json', 'as --format json')
    .option('-c, --config <path>', 'the Jest config of the project, as for Jest')
    .argument('[file...]', 'the databases of the shards of one run, in place of the project’s')
    .parse(args, { from: 'user' });
  const { format, json, config } = command.opts<Flags>();
  const isJson = json === true || format === 'json';
  try {
    const report =
      command.args.length > 0
        ? readShards(command.args)
        : readLast((await locateProject(config)).dataFile);
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
  const report = readFrom(dataFile);
  if (report !== null) return report;
  throw new Error(`there is no summary of a run in ${dataFile} yet; run jest-testmon first.`);
}

/** @throws Where none of them is the database of a shard, with a sentence on why. */
function readShards(files: readonly string[]): RunReport {
  const report = uniteShards(files.flatMap((file) => readFrom(path.resolve(file)) ?? []));
  if (report !== null) return report;
  throw new Error(
    `there is no summary of a shard in ${files.join(', ')}; name the databases of runs with --shard.`,
  );
}

/** @throws Where the database cannot be used, with a sentence on why. */
function readFrom(dataFile: string): RunReport | null {
  const { store, problem } = openReadonly(dataFile);
  if (problem !== null) throw problem;
  try {
    return readRunReport(store?.note(RUN_REPORT_NOTE));
  } finally {
    store?.close();
  }
}
