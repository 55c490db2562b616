/**
 * What it takes to find out that nothing is affected: wall and CPU of `jest-testmon` against `jest --listTests` and
 * bare Jest, alternating.
 *
 *   npm run bench -- latency <project folder> [--rounds 7] [-- Jest arguments]
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { Command } from 'commander';
import { alternate, machine, measure, median } from './support/measure';
import { printTable } from './support/results';

const program = new Command('latency')
  .argument('<project>', 'folder of a project with Jest installed')
  .argument('[jest arguments...]')
  .option('--rounds <count>', 'runs of each', '7')
  .option('--no-bare', 'leave out bare Jest, which runs everything')
  .parse();
const [project = '.', ...jestArguments] = program.args;
const { rounds, bare } = program.opts<{ rounds: string; bare: boolean }>();

const folder = path.resolve(project);
const jest = createRequire(path.join(folder, 'package.json')).resolve('jest/bin/jest');
const cli = path.resolve(__dirname, '../dist/cli.js');
const data = path.join(folder, '.testmondata-latency');
const common = ['--coverage=false', ...jestArguments];
const testmon = () =>
  measure(process.execPath, [cli, ...common], folder, { TESTMON_DATAFILE: data });

fs.rmSync(data, { force: true });
testmon();
const settled = testmon();
if (!settled.output.includes('nothing affected'))
  throw new Error(`Something is still affected:\n${settled.output}`);

const results = alternate(Number(rounds), {
  testmon,
  list: () => measure(process.execPath, [jest, '--listTests', ...common], folder),
  node: () => measure(process.execPath, ['-e', '0'], folder),
});
const whole = bare ? [measure(process.execPath, [jest, ...common], folder)] : [];
fs.rmSync(data, { force: true });

const row = (measured: readonly { wall: number; user: number; system: number }[]) => {
  const of = (value: (one: (typeof measured)[0]) => number) => median(measured.map(value));
  const ratio = (value: (one: (typeof measured)[0]) => number) =>
    (of(value) / median(results.list.map(value))).toFixed(2);
  const cpu = (one: (typeof measured)[0]) => one.user + one.system;
  return {
    'wall (s)': of(({ wall }) => wall).toFixed(2),
    'CPU (s)': of(cpu).toFixed(2),
    'wall / list': ratio(({ wall }) => wall),
    'CPU / list': ratio(cpu),
  };
};
console.log(`${machine(folder)}; medians of ${rounds}, bare Jest once; ${folder}`);
printTable('latency', {
  'jest-testmon, nothing changed': row(results.testmon),
  'jest --listTests': row(results.list),
  ...(bare && { jest: row(whole) }),
  'node alone': row(results.node),
});
