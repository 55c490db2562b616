import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { stripProbes } from '../../src/blocks';
import { change, program } from './programs';
import { executedBytes, probeIfParsed, run } from './support';

const { TESTMON_PROPERTY_RUNS: asked } = process.env;
// The same programs each time, so that a failure tells of the change at hand; others where more are asked for.
const search = asked === undefined ? { numRuns: 60, seed: 1 } : { numRuns: Number(asked) };

describe('any program', () => {
  test('does with probes what it does without', () => {
    fc.assert(
      fc.property(program, (code) => {
        const probed = probeIfParsed(code);
        fc.pre(probed !== null);
        const [plain, ran] = [run(code), run(probed.code)];
        expect([ran.log, ran.threw]).toEqual([plain.log, plain.threw]);
        const bytes = executedBytes(ran, probed.code);
        for (const [index, { parent }] of probed.blocks.entries()) {
          if (bytes[index] === 1 && parent !== -1) expect(bytes[parent]).toBe(1);
        }
        expect(stripProbes(probed.code)).toContain(code.replace("'use strict'\n", '').slice(0, 40));
      }),
      search,
    );
  });

  test('does the same after a change that leaves every fingerprint it executed', () => {
    let unaffected = 0;
    fc.assert(
      fc.property(program, change, (code, edit) => {
        const probed = probeIfParsed(code);
        const edited = edit(code);
        const after = probeIfParsed(edited);
        fc.pre(probed !== null && after !== null && edited !== code);
        const ran = run(probed.code);
        const bytes = executedBytes(ran, probed.code);
        const now = new Set(after.blocks.map(({ fingerprint }) => fingerprint.toString('hex')));
        const isAffected = probed.blocks.some(
          ({ fingerprint }, index) => bytes[index] === 1 && !now.has(fingerprint.toString('hex')),
        );
        fc.pre(!isAffected);
        unaffected += 1;
        const other = run(edited);
        expect([edited, other.log, other.threw]).toEqual([edited, ran.log, ran.threw]);
      }),
      { ...search, maxSkipsPerRun: 1000 },
    );
    expect(unaffected).toBeGreaterThan(search.numRuns / 2);
  });
});
