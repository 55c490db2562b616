/**
 * Whether a project's records are the same for any number of workers, and whether a second run runs nothing.
 *
 *   npm run bench:records -- <project folder> [--workers 1,2,4] [-- Jest arguments]
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { Store } from '../src/store';
import { machine, measure } from './support/measure';

const program = new Command('records')
  .argument('<project>', 'folder of a project with Jest installed')
  .argument('[jest arguments...]')
  .option('--workers <counts>', 'worker counts to compare', '1,2,4')
  .parse();
const [project = '.', ...jestArguments] = program.args;
const { workers } = program.opts<{ workers: string }>();

const folder = path.resolve(project);
const cli = path.resolve(__dirname, '../dist/cli.js');
const data = path.join(folder, '.testmondata-records');

function run(...args: string[]): { exitCode: number | null; ran: number } {
  const { exitCode, output } = measure(process.execPath, [cli, ...args, ...jestArguments], folder, {
    TESTMON_DATAFILE: data,
    NO_COLOR: '1',
  });
  return { exitCode, ran: output.match(/^(PASS|FAIL) /gm)?.length ?? 0 };
}

function content(): ReturnType<Store['snapshot']> {
  const store = Store.open(data, { readonly: true });
  try {
    return store.snapshot();
  } finally {
    store.close();
  }
}

// Jest's transform cache is filled first: what a cold one reads is the same, but this shows it for a warm one.
run();
const contents = workers.split(',').map((count) => {
  fs.rmSync(data, { force: true });
  const first = run(`--maxWorkers=${count}`);
  const found = content();
  const second = run(`--maxWorkers=${count}`);
  return { count, first, second, found };
});
fs.rmSync(data, { force: true });

console.log(machine(folder));
console.table(
  contents.map(({ count, first, second, found }) => ({
    workers: count,
    'test files run first': first.ran,
    'exit code': first.exitCode,
    'run second': second.ran,
    'same records': isDeepStrictEqual(found, contents[0]?.found),
  })),
);
process.exitCode = contents.every(
  ({ second, found }) => second.ran === 0 && isDeepStrictEqual(found, contents[0]?.found),
)
  ? 0
  : 1;
