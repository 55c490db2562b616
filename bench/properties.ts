/**
 * Random small programs and random edits: whether one that does something else after the edit always has an executed
 * block of another fingerprint. The first that has not is shrunk and printed, with what replays it.
 *
 *   npm run bench -- properties --runs 20000 --seed 1
 */
import { Command } from 'commander';
import * as fc from 'fast-check';
import { selectsWhatChanged, type Met } from '../__tests__/faults/programs';
import { machine } from './support/measure';
import { addResult } from './support/results';

const { runs, seed, path } = new Command('properties')
  .option('--runs <number>', 'how many programs', Number, 20_000)
  .option('--seed <number>', 'what determines them', Number, Date.now() % 1_000_000)
  .option('--path <path>', 'replays one, as it was printed')
  .parse()
  .opts<{ runs: number; seed: number; path?: string }>();

console.log(`${machine()}\nseed ${seed}, ${runs} programs`);
const met: Met = { unaffected: 0, affected: 0 };
const result = fc.check(selectsWhatChanged(met), {
  numRuns: runs,
  seed,
  path,
  maxSkipsPerRun: 1000,
});
if (result.failed) {
  console.log(fc.defaultReportMessage(result));
  process.exitCode = 1;
}
console.log(
  `seed ${seed}: ${result.numRuns} programs, ${met.affected} affected, ${met.unaffected} unaffected: ${result.failed ? 'FAULT' : 'no escape'}`,
);
addResult('properties', { seed, programs: result.numRuns, ...met, failed: result.failed });
