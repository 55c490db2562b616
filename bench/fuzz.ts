/**
 * A fuzzer of dependencies: small random projects whose test files read, resolve, list, spawn and transform in random
 * ways, and random changes. Bare Jest is the truth: a test file that fails after a change and was not selected is an
 * escape. The project of a finding stays where it was made.
 *
 *   npm run bench -- fuzz --seed 1 --count 2000
 *   npm run bench -- fuzz --seed 17 --projects 1          # one project again
 *   npm run bench -- fuzz --only 'thread' --count 200     # only operations and contexts whose name has it
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { judgeProject, newTally, type Tally } from './fuzz/campaign';
import { endProcesses } from './mutation/process';
import { addResult } from './support/results';

const program = new Command('fuzz')
  .option('--seed <number>', 'seed of the first project', Number, 1)
  .option('--count <number>', 'changes to judge', Number, 200)
  .option('--projects <number>', 'projects to make, whatever the count', Number)
  .option('--size <number>', 'test files of a project', Number, 50)
  .option('--rounds <number>', 'rounds of changes of a project', Number, 12)
  .option('--only <text>', 'operations and contexts whose name has this in it')
  .option('--dist <folder>', "the tool's build", path.resolve(__dirname, '../dist'))
  .option(
    '--folder <folder>',
    'where projects are made',
    path.join(os.tmpdir(), 'jest-testmon-fuzz'),
  )
  .parse();
const flags = program.opts<{
  seed: number;
  count: number;
  projects?: number;
  size: number;
  rounds: number;
  only?: string;
  dist: string;
  folder: string;
}>();

async function main(): Promise<void> {
  const { count, projects = Infinity } = flags;
  const folder = path.resolve(flags.folder);
  fs.mkdirSync(folder, { recursive: true });
  const tally = newTally();
  const say = (line: string): void => console.log(line);
  const wanted = (): boolean =>
    tally.projects < projects && (flags.projects !== undefined || tally.cases < count);
  for (let seed = flags.seed; wanted(); seed += 1) {
    await judgeProject(seed, { ...flags, folder: fs.realpathSync(folder), say }, tally);
    say(`seed ${seed}: ${summary(tally)}`);
  }
  say(needless(tally));
  addResult('findings', tally.findings);
  process.exitCode = tally.findings.length === 0 ? 0 : 1;
}

function summary(tally: Tally): string {
  const found = (what: string): number =>
    tally.findings.filter((finding) => finding.what === what).length;
  return (
    `${tally.projects} projects, ${tally.cases} changes, ${tally.visible} times a test file came to fail; ` +
    `${found('escape')} escapes, ${found('differs')} other results, ${found('broken')} broken runs, ${tally.unsteady} unsteady`
  );
}

/** What was selected though it passes, most needless first. */
function needless({ needless, spilled }: Tally): string {
  const own = [...needless]
    .filter(([, count]) => count.needless > 1)
    .sort(([, a], [, b]) => b.needless - a.needless)
    .slice(0, 25)
    .map(([kind, count]) => `  ${count.needless} of ${count.of}  ${kind}`);
  const other = [...spilled]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 15)
    .map(([name, count]) => `  ${count}  ${name}`);
  return [
    'Needlessly selected, of those in whose world something changed:',
    ...own,
    'Needlessly selected by a single change elsewhere:',
    ...other,
  ].join('\n');
}

main().catch((error: unknown) => {
  endProcesses();
  console.error(error);
  process.exitCode = 2;
});
