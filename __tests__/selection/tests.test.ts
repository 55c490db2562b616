import { expect, test } from '@jest/globals';
import type { View } from '../../src/selection/match';
import { encodeBlocks, encodeIds } from '../../src/records/encoding';
import {
  unaffectedTests,
  type CandidateParts,
  type CandidateTest,
} from '../../src/selection/tests';

/** Block 1 of version 1 is changed, and dependency 9 does not hold. */
const view: View = {
  presence: (version) => (version === 1 ? Uint8Array.of(0b101) : 'all'),
  bitLimit: () => 8,
  holds: (id) => id !== 9,
  whole: new Int32Array(0),
  held: new Uint8Array(0),
};

const NONE = Buffer.alloc(0);
const blocks = (bits: number) => encodeBlocks([{ version: 1, bits: Uint8Array.of(bits) }]);
const ids = (...dependencies: number[]) => encodeIds(dependencies);

function one(position: number, parts: Partial<CandidateTest> = {}): CandidateTest {
  return { position, outcome: 'passed', duration: 10, blocks: NONE, dependencies: NONE, ...parts };
}

function candidate(parts: Partial<CandidateParts>): CandidateParts {
  return {
    recordId: 1,
    shared: { blocks: blocks(0b001), dependencies: ids(1) },
    tests: [],
    ...parts,
  };
}

test('tests whose own part stands need not run', () => {
  const tests = [
    one(0, { blocks: blocks(0b100) }),
    one(1, { blocks: blocks(0b010) }),
    one(2, { dependencies: ids(9) }),
    one(3, { dependencies: ids(2) }),
  ];
  expect(unaffectedTests([candidate({ tests })], view)).toEqual({
    recordId: 1,
    positions: [0, 3],
    duration: 20,
  });
});

test('every test runs where the shared part changed', () => {
  const tests = [one(0)];
  for (const shared of [
    { blocks: blocks(0b011), dependencies: NONE },
    { blocks: NONE, dependencies: ids(9) },
  ])
    expect(unaffectedTests([candidate({ shared, tests })], view)).toBeNull();
});

test('only a test that passed is left out', () => {
  const tests = [one(0, { outcome: 'skipped' }), one(1, { outcome: 'todo' })];
  expect(
    unaffectedTests([candidate({ tests: [...tests, one(2, { outcome: 'failed' })] })], view),
  ).toBeNull();
});

test('an older record serves where the latest spares nothing', () => {
  const latest = candidate({ recordId: 2, tests: [one(0, { dependencies: ids(9) })] });
  const older = candidate({ recordId: 1, tests: [one(0)] });
  expect(unaffectedTests([latest, older], view)).toMatchObject({ recordId: 1, positions: [0] });
});
