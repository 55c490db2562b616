/**
 * What `jest-testmon --coverage` takes where nothing is affected: against `jest --listTests`, the least that any run of
 * Jest takes, and against bare `jest --coverage`. In turns, with what each caches; medians of CPU.
 *
 *   npm run bench -- coverage-unaffected <project folder> [--rounds 5] [-- Jest arguments]
 *
 * Records, caches and reports go to a temporary folder; the project itself stays as it is.
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { alternate, machine, measure, median, type Measured } from './support/measure';
import { addResult, printTable } from './support/results';

const program = new Command('coverage-unaffected')
  .argument('<project>', 'folder of a project with Jest installed')
  .argument('[jest arguments...]')
  .option('--rounds <count>', 'how often each is measured', Number, 5)
  .parse();
const [project = '.', ...jestArguments] = program.args;
const { rounds } = program.opts<{ rounds: number }>();

const folder = path.resolve(project);
const jest = createRequire(path.join(folder, 'package.json')).resolve('jest/bin/jest');
const cli = path.resolve(__dirname, '../dist/cli.js');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'coverage-unaffected-'));

function run(script: string, name: string, ...args: string[]): Measured {
  const own = [`--cacheDirectory=${path.join(scratch, `cache-${name}`)}`, ...args];
  const env = { TESTMON_DATAFILE: path.join(scratch, '.testmondata') };
  const measured = measure(process.execPath, [script, ...own, ...jestArguments], folder, env);
  if (measured.exitCode !== 0)
    console.log(`${name} ended with ${measured.exitCode}:\n${measured.output.slice(-2_000)}`);
  return measured;
}

// Not `--silent`, as that silences what says that nothing is affected.
const COVERAGE = ['--coverage'];
const COMMANDS = {
  listTests: () => run(jest, 'bare', '--listTests'),
  bare: () => run(jest, 'bare', ...COVERAGE, `--coverageDirectory=${path.join(scratch, 'bare')}`),
  ours: () => run(cli, 'ours', ...COVERAGE, `--coverageDirectory=${path.join(scratch, 'ours')}`),
};

function main(): number {
  console.log(machine(folder));
  // The first run records, the second one learns what the files are to a report.
  COMMANDS.bare();
  for (let time = 1; time <= 2; time += 1) COMMANDS.ours();
  const measured = alternate(rounds, COMMANDS);
  const affected = measured.ours.find(({ output }) => !output.includes('nothing affected'));
  const cpu = (name: keyof typeof COMMANDS) =>
    median(measured[name].map(({ user, system }) => user + system));
  const rows = (Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).map((name) => ({
    command: {
      listTests: 'jest --listTests',
      bare: 'jest --coverage',
      ours: 'jest-testmon --coverage',
    }[name],
    'CPU (s)': cpu(name).toFixed(2),
    'wall (s)': median(measured[name].map(({ wall }) => wall)).toFixed(2),
    'CPU against --listTests': (cpu(name) / cpu('listTests')).toFixed(2),
    'against bare': (cpu(name) / cpu('bare')).toFixed(2),
  }));
  printTable('coverage where nothing is affected', rows);
  addResult('ratios', {
    listTests: cpu('ours') / cpu('listTests'),
    bare: cpu('ours') / cpu('bare'),
  });
  if (affected === undefined) return 0;
  console.log(`Something was affected:\n${affected.output.slice(0, 2_000)}`);
  return 1;
}

try {
  process.exitCode = main();
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
