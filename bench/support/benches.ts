import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

/** What `npm run bench -- <name>` knows, and what it does. */
export const BENCHES = {
  all: 'overhead, latency, edit, precision, scale and growth, in turn, on an example or a folder',
  overhead: 'what recording costs, against bare Jest',
  latency: 'what "nothing affected" takes, against jest --listTests',
  edit: 'one edit, from save to end, against jest --onlyChanged',
  precision: 'share of the suite that a change selects, against coarser ways',
  scale: 'a generated project of 10,000 test files',
  growth: '200 edits and branch switches: size and selection time',
  paired: 'overhead at once on two processors, for a machine of changing speed',
  instructions: 'overhead in instructions, under Valgrind: slow, less noisy',
  reading: 'what once took time in the square of a size',
  memory: 'the largest process of a run, against bare Jest',
  records: 'equal records for 1, 2 and 4 workers',
  parsers: 'parse and probe times',
  mutation: 'mutants, and whether any test skipped would have failed',
  'coverage-edits': 'random edits, and whether the coverage report is that of a full run',
  'coverage-unaffected': 'what --coverage takes where nothing is affected, against --listTests',
  fuzz: 'random projects and changes: does any failure escape',
  replay: 'a real history, commit by commit, bare Jest as the truth',
  kill: 'runs killed at any moment: is anything lost or wrong',
  soak: 'edits, branches, kills, runs at once, for half an hour',
  shared: 'many machines and one store, which is killed now and then: is anything lost or wrong',
  'shared-cost': 'what a store that machines share takes: to pull, to push, and in size',
  properties: 'random programs and edits',
  'node-versions': 'the integration tests under other versions of Node',
} as const;

export type BenchName = keyof typeof BENCHES;

export function isBenchName(name: string): name is BenchName {
  return Object.hasOwn(BENCHES, name);
}

/**
 * Runs one bench in a process of its own, with its output on this one's.
 * @returns Its exit code; 1 where a signal ended it.
 */
export function runBench(
  name: BenchName,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): number {
  const script = path.join(__dirname, '..', `${name}.ts`);
  // The largest generated project does not fit into the default heap.
  const options = ['--max-old-space-size=8000', '-r', 'ts-node/register/transpile-only'];
  const { status } = spawnSync(process.execPath, [...options, script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return status ?? 1;
}
