/**
 * Looks for escapes: failures that jest-testmon would have missed. Makes seeded mutants of a project's source and runs
 * the test files that the tool does not select. The project itself stays untouched; a stopped campaign goes on where
 * it was stopped.
 *
 *   npm run bench -- mutation <project folder> --count 300 --seed 1
 *   npm run bench -- mutation <project folder> --granularity test
 *   npm run bench -- mutation <project folder> --config ./scripts/jest/jest.config.js
 *   npm run bench -- mutation <project folder> --operators change-module-value drop-export
 *   npm run bench -- mutation <project folder> --replay 1/42
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Campaign, type CampaignOptions } from './mutation/campaign';
import { applyMutant } from './mutation/mutants';
import { endProcesses } from './mutation/process';
import { render, summarise } from './mutation/report';
import { Workspace } from './mutation/workspace';
import { addResult } from './support/results';

interface Flags {
  count: number;
  seed: number;
  operators?: string[];
  config?: string;
  granularity: 'file' | 'test';
  jestArgs: string[];
  workers: number;
  kills: boolean;
  unloadedShare: number;
  work?: string;
  tool: string;
  fresh?: true;
  replay?: string;
}

async function main(): Promise<number> {
  const program = new Command('mutation')
    .argument('<project>', 'folder of a project with its packages installed')
    .option('--count <number>', 'mutants to judge', asNumber, 100)
    .option('--seed <number>', 'what determines the mutants', asNumber, 1)
    .option('--operators <names...>', 'the only kinds of mutants, such as drop-export')
    .option('--config <path>', "the project's Jest config, where Jest does not find it itself")
    .addOption(
      new Option('--granularity <level>', 'what the tool leaves out')
        .choices(['file', 'test'])
        .default('file'),
    )
    .option(
      '--jest-args <argument>',
      'a further argument for every call of Jest; may be repeated',
      collect,
      [],
    )
    .option('--workers <number>', 'workers of a bare run', asNumber, 1)
    .option('--no-kills', 'do not run what the tool selects')
    .option(
      '--unloaded-share <share>',
      'of the unselected test files that never loaded the mutated file',
      asNumber,
      0.1,
    )
    .option('--work <folder>', 'where the copy of the project and the state are kept')
    .option('--tool <folder>', 'the package of the tool', path.resolve(__dirname, '..'))
    .option('--fresh', 'forget earlier results')
    .option('--replay <id>', 'judge one mutant again and show everything about it')
    .parse();
  const flags = program.opts<Flags>();
  const options = readOptions(program.args[0] ?? '.', flags);
  if (flags.fresh) fs.rmSync(options.work, { recursive: true, force: true });

  const workspace = new Workspace(options.project, options.work);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      endProcesses();
      workspace.restore();
      process.exit(130);
    });
  }
  const campaign = await Campaign.open(workspace, options);
  if (flags.replay !== undefined) return replay(campaign, flags.replay);

  const results = await campaign.run(flags.count);
  if (results.length === 0)
    throw new Error(
      'There was nothing to judge: no source in the folders that Jest knows has a mutant.',
    );
  const report = summarise(results, campaign, options);
  console.log(render(report));
  addResult('report', report);
  return report.escapes.length === 0 ? 0 : 1;
}

function readOptions(folder: string, flags: Flags): CampaignOptions {
  const project = fs.realpathSync(folder);
  const { granularity, workers, kills, unloadedShare, operators = null } = flags;
  // The id of a mutant begins with its seed.
  const seed = flags.replay === undefined ? flags.seed : Number.parseInt(flags.replay, 10);
  const jestArgs = [
    ...(flags.config === undefined ? [] : [`--config=${flags.config}`]),
    ...flags.jestArgs,
  ];
  const key = createHash('sha1')
    .update(JSON.stringify([project, jestArgs, granularity, operators ?? []]))
    .digest('hex');
  const name = `${path.basename(project)}-${key.slice(0, 8)}`;
  const work = path.resolve(flags.work ?? path.join(os.tmpdir(), 'jest-testmon-mutation', name));
  const tool = path.resolve(flags.tool);
  const say = (line: string): void => {
    console.log(line);
  };
  const judging = { granularity, seed, operators, workers, kills, unloadedShare };
  return { project, work, tool, jestArgs, ...judging, say };
}

async function replay(campaign: Campaign, id: string): Promise<number> {
  const { mutant, source } = await campaign.find(id);
  const result = await campaign.replay(id);
  const mutated = applyMutant(source.text, mutant).split('\n');
  console.log(`${mutant.id}  ${mutant.file}:${mutant.line}  ${mutant.operator}`);
  console.log(`  - ${source.text.split('\n')[mutant.line - 1] ?? ''}`);
  console.log(`  + ${mutated[mutant.line - 1] ?? ''}`);
  console.log(JSON.stringify(result, null, 2));
  console.log(`The copy of the project is ${campaign.workspace.project}.`);
  return result.escapes.length === 0 ? 0 : 1;
}

function collect(argument: string, earlier: readonly string[]): string[] {
  return [...earlier, argument];
}

function asNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number) || number < 0)
    throw new InvalidArgumentError('It must be a number.');
  return number;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    endProcesses();
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
