import * as vm from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { blocksIn, findMetadata, REGISTRY, stripProbes } from '../../src/blocks';
import { change, items } from './modules-of-declarations';
import { probeIfParsed, toldOf } from './support';

const { TESTMON_PROPERTY_RUNS: asked } = process.env;
const search = asked === undefined ? { numRuns: 150, seed: 1 } : { numRuns: Number(asked) };

/** What a test that loads a module and calls some of what it exports sees. */
function observe(
  code: string,
  calls: readonly number[],
): { log: string[]; bytes: Uint8Array | null } {
  const log: string[] = [];
  let seen = '';
  const text = (value: unknown): string => {
    const shownAs = toldOf(value);
    seen += shownAs;
    return stripProbes(shownAs);
  };
  let entered = 0;
  const global: Record<string, unknown> = vm.createContext({
    given: 'global',
    log: (value: unknown) => (log.push(text(value)), value),
    enter: () => {
      if ((entered += 1) > 20) throw new Error('too deep');
    },
    Error,
  });
  const exports: Record<string, unknown> = {};
  try {
    const start = vm.runInContext(`(function (module, exports, require) {${code}\n})`, global) as (
      ...values: unknown[]
    ) => void;
    start.call({}, { exports }, exports, () => ({}));
    for (const nth of calls) {
      try {
        const member = exports[`x${nth}`];
        log.push(text(typeof member === 'function' ? (member as () => unknown)() : member));
      } catch (error) {
        log.push(text((error as Error).message));
      }
    }
  } catch (error) {
    log.push(text(error));
  }
  const registry = (global[REGISTRY] ?? {}) as Record<string, Uint8Array>;
  const bytes = registry[findMetadata(code) ?? ''] ?? null;
  // What a recorder does for a function that is made a text of.
  for (const [, block] of blocksIn(seen)) if (bytes !== null) bytes[block] = 1;
  return { log, bytes };
}

const calls = fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 2 });

describe('a module whose declarations are added, removed, moved and renamed', () => {
  test('does the same where nothing that ran is affected', () => {
    let unaffected = 0;
    fc.assert(
      fc.property(items, change, fc.boolean(), calls, (before, edit, strict, called) => {
        const text = (all: readonly string[]): string =>
          `${strict ? "'use strict';\n" : ''}${all.join('\n')}`;
        const code = text(before);
        const edited = text(edit(before));
        const probed = probeIfParsed(code);
        const after = probeIfParsed(edited);
        fc.pre(probed !== null && after !== null && edited !== code);
        const { log, bytes } = observe(probed.code, called);
        fc.pre(bytes !== null);
        const now = new Set(after.blocks.map(({ fingerprint }) => fingerprint.toString('hex')));
        const isAffected = probed.blocks.some(
          ({ fingerprint }, index) => bytes[index] === 1 && !now.has(fingerprint.toString('hex')),
        );
        fc.pre(!isAffected);
        unaffected += 1;
        expect([edited, observe(edited, called).log]).toEqual([edited, log]);
      }),
      { ...search, maxSkipsPerRun: 1000 },
    );
    expect(unaffected).toBeGreaterThan(search.numRuns / 2);
  });
});
