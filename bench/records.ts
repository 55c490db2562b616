/**
 * Whether a project's records are the same for any number of workers, and whether a second run runs nothing. Tests that
 * draw lots or race with the clock run other blocks each time; what test files depend on must be the same.
 *
 *   npm run bench -- records <project folder> [--workers 1,2,4] [-- Jest arguments]
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { Store, type Snapshot, type SnapshotEnvironment, type SnapshotRecord } from '../src/store';
import { machine, measure } from './support/measure';
import { printTable } from './support/results';

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

function content(): Snapshot {
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

/** The test files whose records differ in what they depend on, and those that differ in the blocks that ran alone. */
function difference(one: Snapshot, other: Snapshot): { dependencies: string[]; blocks: string[] } {
  const others = new Map(other.environments.flatMap(byTestFile));
  const found = { dependencies: [] as string[], blocks: [] as string[] };
  for (const [name, records] of one.environments.flatMap(byTestFile)) {
    const counterpart = others.get(name);
    others.delete(name);
    if (isDeepStrictEqual(records, counterpart)) continue;
    const same = isDeepStrictEqual(records.map(dependencies), counterpart?.map(dependencies));
    found[same ? 'blocks' : 'dependencies'].push(name);
  }
  found.dependencies.push(...others.keys());
  return found;
}

function byTestFile(environment: SnapshotEnvironment): [string, SnapshotRecord[]][] {
  return environment.testFiles.map(({ path: name, records }) => [
    `${environment.project} ${name}`.trim(),
    records,
  ]);
}

function dependencies({ shared, tests }: SnapshotRecord): unknown {
  return [shared.dependencies, tests.map((test) => test.dependencies)];
}

const compared = contents.map(({ count, first, second, found }) => ({
  count,
  first,
  second,
  differing: difference(contents[0]?.found ?? found, found),
}));
console.log(machine(folder));
printTable(
  'records',
  compared.map(({ count, first, second, differing }) => ({
    workers: count,
    'test files run first': first.ran,
    'exit code': first.exitCode,
    'run second': second.ran,
    'other dependencies': differing.dependencies.length,
    'other blocks': differing.blocks.length,
  })),
);
for (const { count, differing } of compared)
  for (const [what, names] of Object.entries(differing))
    if (names.length > 0) console.log(`other ${what} with ${count} workers: ${names.join(', ')}`);
process.exitCode = compared.every(
  ({ second, differing }) => second.ran === 0 && differing.dependencies.length === 0,
)
  ? 0
  : 1;
