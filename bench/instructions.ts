/**
 * What recording costs in user instructions, counted by Valgrind: on a noisy machine two counts differ by less than a
 * percent or two, where two times differ by a third. Takes about fifty times as long as the run itself, so name few
 * test files. The counts are grouped by what V8 was at.
 *
 *   npm run bench -- instructions <project folder> [-- Jest arguments]
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { machine, measure } from './support/measure';
import { printTable } from './support/results';

const program = new Command('instructions')
  .argument('<project>', 'folder of a project with Jest installed')
  .argument('[jest arguments...]')
  .parse();
const [project = '.', ...jestArguments] = program.args;
const folder = path.resolve(project);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'instructions-'));
const data = path.join(scratch, '.testmondata');

/** By the first pattern that fits the name of a C++ function; what has no name is compiled JavaScript. */
const KINDS: readonly [kind: string, name: RegExp][] = [
  ['compiled JavaScript', /^\?\?\?$/],
  ['optimising compiler', /compiler::|turboshaft|maglev|Assembler/],
  [
    'garbage collection',
    /Mark|Sweep|Scaveng|Evacuat|IteratePointers|heap::base|MemoryChunk|PagedSpace|FreeList|NewSpace/,
  ],
  ['builtins', /^Builtins/],
  ['parsing and bytecode', /Scanner|Parser|Ast|interpreter::|Bytecode|Scope|Utf8|Utf16/],
  ['SQLite', /sqlite|vdbe|btree|pager/i],
];

/** Millions of instructions of a command's busiest process, by kind. */
function count(name: string, args: readonly string[]): Map<string, number> {
  const { exitCode } = measure(
    'valgrind',
    [
      ...['--tool=cachegrind', '--cache-sim=no'],
      `--cachegrind-out-file=${path.join(scratch, `${name}.%p`)}`,
      ...[process.execPath, ...args, '--silent', '--coverage=false', '-i', ...jestArguments],
    ],
    folder,
    // What recording adds is to be seen, not what the compile cache saves.
    { TESTMON_DATAFILE: data, NODE_DISABLE_COMPILE_CACHE: '1' },
  );
  if (exitCode !== 0) console.error(`${name} ended with exit code ${exitCode}.`);
  const counts = fs
    .readdirSync(scratch)
    .filter((file) => file.startsWith(`${name}.`))
    .map((file) => byKind(path.join(scratch, file)))
    .sort((a, b) => total(b) - total(a));
  return counts[0] ?? new Map<string, number>();
}

/** Source: Valgrind's manual, "Cachegrind's output file": `fn=` names what the lines of numbers after it belong to. */
function byKind(file: string): Map<string, number> {
  const kinds = new Map<string, number>();
  let kind = '';
  for (const line of fs.readFileSync(file, 'latin1').split('\n')) {
    if (line.startsWith('fn=')) kind = kindOf(line.slice(3));
    else if (/^\d/.test(line))
      kinds.set(kind, (kinds.get(kind) ?? 0) + Number(line.split(' ')[1]) / 1e6);
  }
  return kinds;
}

function kindOf(name: string): string {
  return KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';
}

function total(kinds: ReadonlyMap<string, number>): number {
  return [...kinds.values()].reduce((sum, value) => sum + value, 0);
}

if (spawnSync('valgrind', ['--version']).status !== 0) {
  console.error(
    'This needs Valgrind, which is not installed: install it, or use npm run bench -- overhead.',
  );
  process.exit(1);
}
const jest = createRequire(path.join(folder, 'package.json')).resolve('jest/bin/jest');
const cli = path.resolve(__dirname, '../dist/cli.js');
// The first runs fill Jest's transform caches, which are not compared.
for (const script of [jest, cli])
  measure(
    process.execPath,
    [script, '--silent', '--coverage=false', '-i', ...jestArguments],
    folder,
    { TESTMON_DATAFILE: data },
  );
fs.rmSync(data, { force: true });
const bare = count('bare', [jest]);
const recording = count('recording', [cli]);
fs.rmSync(scratch, { recursive: true, force: true });

const row = (before: number, after: number) => ({
  'bare (M)': Math.round(before),
  'recording (M)': Math.round(after),
  'more (% of all)': (((after - before) / total(bare)) * 100).toFixed(1),
});
console.log(machine(folder));
printTable('instructions', {
  ...Object.fromEntries(
    [...KINDS.map(([kind]) => kind), 'other'].map((kind) => [
      kind,
      row(bare.get(kind) ?? 0, recording.get(kind) ?? 0),
    ]),
  ),
  all: row(total(bare), total(recording)),
});
