import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { selectsWhatChanged, type Met } from './programs';

// Few, and the same each time; `npm run bench -- properties` looks at as many others as wanted.
test('if what a program does changed, a block that it executed has changed', () => {
  const met: Met = { unaffected: 0, affected: 0 };
  fc.assert(selectsWhatChanged(met), { numRuns: 150, seed: 1, maxSkipsPerRun: 1000 });
  expect(met.unaffected).toBeGreaterThan(10);
  expect(met.affected).toBeGreaterThan(10);
}, 120_000);
