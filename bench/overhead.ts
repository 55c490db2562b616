/**
 * What recording costs: user CPU and wall of bare Jest against a recording run, alternating, and on demand against
 * Jest's own coverage. `bench/micro` is a project of tight loops full of branches, the worst case for probes.
 *
 * Jest's own processes compile everything anew, ours find it in the compile cache; `--compile` shows what recording costs
 * without that.
 *
 *   npm run bench -- overhead <project folder> [--rounds 5] [--compile] [--coverage] [-- Jest arguments]
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { alternate, machine, measure, median, type Measured } from './support/measure';
import { printTable } from './support/results';

const program = new Command('overhead')
  .argument('<project>', 'folder of a project with Jest installed')
  .argument('[jest arguments...]')
  .option('--rounds <count>', 'runs of each', '5')
  .option('--compile', 'also recording without the compile cache')
  .option('--coverage', "also with both of Jest's coverage providers")
  .parse();
const [project = '.', ...jestArguments] = program.args;
const { rounds, compile, coverage } = program.opts<{
  rounds: string;
  compile?: true;
  coverage?: true;
}>();

const folder = path.resolve(project);
const jest = createRequire(path.join(folder, 'package.json')).resolve('jest/bin/jest');
const cli = path.resolve(__dirname, '../dist/cli.js');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'overhead-'));
const data = path.join(scratch, '.testmondata');

const run = (script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  measure(process.execPath, [script, '--silent', ...args, ...jestArguments], folder, {
    TESTMON_DATAFILE: data,
    ...env,
  });
const record = (env?: NodeJS.ProcessEnv) => {
  fs.rmSync(data, { force: true });
  return run(cli, ['--coverage=false'], env);
};
const covered = (provider: string) =>
  run(jest, [
    '--coverage',
    `--coverageProvider=${provider}`,
    '--coverageReporters=json',
    `--coverageDirectory=${path.join(scratch, provider)}`,
  ]);
const commands: Record<string, () => Measured> = {
  // Coverage that a config asks for is off in both, as it is while selecting.
  bare: () => run(jest, ['--coverage=false']),
  recording: () => record(),
  ...(compile === true && {
    'recording, compiled anew': () => record({ NODE_DISABLE_COMPILE_CACHE: '1' }),
  }),
  ...(coverage === true && {
    'coverage, babel': () => covered('babel'),
    'coverage, v8': () => covered('v8'),
  }),
};

// The first runs fill Jest's transform caches, which are not compared, and the third finds the compile cache filled.
for (const command of Object.values(commands)) command();
for (let run = 2; run <= 3; run += 1) record();
const results = alternate(Number(rounds), commands);
fs.rmSync(scratch, { recursive: true, force: true });

const figures = (name: string, key: 'user' | 'wall') =>
  (results[name] ?? []).map((measured) => measured[key]);
const ratio = (name: string, key: 'user' | 'wall') =>
  (median(figures(name, key)) / median(figures('bare', key))).toFixed(3);
console.log(machine(folder));
printTable(
  'overhead',
  Object.fromEntries(
    Object.keys(commands).map((name) => [
      name,
      {
        'user CPU (s, median)': median(figures(name, 'user')).toFixed(2),
        'against bare': ratio(name, 'user'),
        'wall (s, median)': median(figures(name, 'wall')).toFixed(2),
        'against bare ': ratio(name, 'wall'),
        'exit codes': results[name]?.map(({ exitCode }) => exitCode).join(' '),
      },
    ]),
  ),
);
for (const name of Object.keys(commands))
  console.log(
    `user CPU, ${name}: ${figures(name, 'user')
      .map((value) => value.toFixed(2))
      .join(' ')}`,
  );
