/**
 * What recording costs: user CPU and wall of bare Jest against a recording run, alternating.
 *
 *   npx ts-node -T bench/overhead.ts <project folder> [--rounds 5] [-- Jest arguments]
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { Command } from 'commander';
import { alternate, machine, measure, median } from './support/measure';

const program = new Command('overhead')
  .argument('<project>', 'folder of a project with Jest installed')
  .argument('[jest arguments...]')
  .option('--rounds <count>', 'runs of each', '5')
  .parse();
const [project = '.', ...jestArguments] = program.args;
const { rounds } = program.opts<{ rounds: string }>();

const folder = path.resolve(project);
const jest = createRequire(path.join(folder, 'package.json')).resolve('jest/bin/jest');
const cli = path.resolve(__dirname, '../dist/cli.js');
const data = path.join(folder, '.testmondata-overhead');
// Coverage that a config asks for is off in both, as it is while selecting.
const common = ['--silent', '--coverage=false', ...jestArguments];

const bare = () => measure(process.execPath, [jest, ...common], folder);
const recording = () => {
  fs.rmSync(data, { force: true });
  return measure(process.execPath, [cli, ...common], folder, { TESTMON_DATAFILE: data });
};

// The first runs fill Jest's transform caches, which are not compared.
bare();
recording();
const results = alternate(Number(rounds), { bare, recording });
fs.rmSync(data, { force: true });

const row = (name: keyof typeof results, key: 'user' | 'wall') =>
  results[name].map((measured) => measured[key]);
const ratio = (key: 'user' | 'wall') =>
  (median(row('recording', key)) / median(row('bare', key))).toFixed(3);
console.log(machine());
console.table({
  'user CPU (s, median)': {
    bare: median(row('bare', 'user')).toFixed(2),
    recording: median(row('recording', 'user')).toFixed(2),
    ratio: ratio('user'),
  },
  'wall (s, median)': {
    bare: median(row('bare', 'wall')).toFixed(2),
    recording: median(row('recording', 'wall')).toFixed(2),
    ratio: ratio('wall'),
  },
});
console.log(
  `exit codes: bare ${results.bare.map(({ exitCode }) => exitCode).join(' ')}; recording ${results.recording.map(({ exitCode }) => exitCode).join(' ')}`,
);
console.log(
  `user CPU: bare ${row('bare', 'user')
    .map((value) => value.toFixed(2))
    .join(' ')}; recording ${row('recording', 'user')
    .map((value) => value.toFixed(2))
    .join(' ')}`,
);
