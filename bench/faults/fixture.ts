import type { Files } from '../../__tests__/integration/harness';
import type { Random } from '../mutation/random';

/** How many modules, and test files, the fixture has. */
const SIZE = 6;

/** One module of the fixture: everything about it that an edit may change. */
interface ModuleState {
  /** Numbers that its branches return; a change shows only to who runs the branch. */
  numbers: [number, number, number];
  comment: number;
  /** Written with conditional expressions in place of statements; the behaviour is the same. */
  terse: boolean;
  /** No program at all. */
  broken: boolean;
}

/** The whole fixture at one moment, as a branch of a repository would hold it. */
export interface FixtureState {
  modules: ModuleState[];
  /** The numbers each test file expects; null where the test file is not there. */
  expected: (number[] | null)[];
  data: { used: number; unused: number };
}

/** The fixture before any edit: every test passes. */
export function initialState(): FixtureState {
  const modules = Array.from({ length: SIZE }, (_, index): ModuleState => ({
    numbers: [index, index + 10, index + 20],
    comment: 0,
    terse: false,
    broken: false,
  }));
  const state: FixtureState = { modules, expected: [], data: { used: 1, unused: 1 } };
  for (let test = 0; test < SIZE; test += 1) state.expected.push(answers(state, test));
  return state;
}

/** The inputs that a test file gives to its module: not every test reaches every branch. */
function inputs(test: number): number[] {
  return test % 2 === 0 ? [0, 1] : [2, 5, 7];
}

/** What the modules answer to a test file's inputs, worked out without running them. */
function answers(state: FixtureState, test: number): number[] {
  return inputs(test).map((input) => answer(state, test, input) + state.data.used);
}

function answer({ modules }: FixtureState, index: number, input: number): number {
  const [even, small, other] = modules[index]?.numbers ?? [0, 0, 0];
  if (input % 2 === 0) return input + even;
  if (input > 4 && index > 0)
    return answer({ modules } as FixtureState, index - 1, input - 5) + small;
  return input === 1 ? other : other + 1;
}

/** The files of a state; what is not there is null. */
export function filesOf(state: FixtureState): Files {
  const files: Files = {
    'jest.config.js': 'module.exports = { transform: {} };\n',
    'data.json': JSON.stringify({ used: state.data.used }),
    'unused.json': JSON.stringify({ unused: state.data.unused }),
  };
  state.modules.forEach((module, index) => {
    files[`src/m${index}.js`] = moduleText(module, index);
  });
  state.expected.forEach((expected, index) => {
    files[`__tests__/t${index}.test.js`] = expected === null ? null : testText(index, expected);
  });
  return files;
}

function moduleText(
  { numbers: [even, small, other], comment, terse, broken }: ModuleState,
  index: number,
): string {
  const imported =
    index > 0
      ? `const { f${index - 1}: next } = require('./m${index - 1}');`
      : 'const next = null;';
  const body = terse
    ? `  return n % 2 === 0 ? n + ${even} : n > 4 && next !== null ? next(n - 5) + ${small} : choose(n);`
    : `  if (n % 2 === 0) {
    return n + ${even};
  }
  if (n > 4 && next !== null) {
    return next(n - 5) + ${small};
  }
  return choose(n);`;
  return `// ${comment}
${imported}
exports.f${index} = (n) => {
${body}
};
function choose(n) {
  switch (n) {
    case 1:
      return ${other};
    default:
      return ${other} + 1;
  }
}
${broken ? 'exports. = ;\n' : ''}`;
}

function testText(index: number, expected: number[]): string {
  return `const fs = require('fs');
const path = require('path');
const { f${index} } = require('../src/m${index}');
const { used } = JSON.parse(fs.readFileSync(path.join(__dirname, '../data.json'), 'utf8'));
${inputs(index)
  .map(
    (input, nth) => `test('of ${input}', async () => {
  await new Promise((resolve) => setTimeout(resolve, ${20 + 10 * index}));
  expect(f${index}(${input}) + used).toBe(${expected[nth] ?? 0});
});`,
  )
  .join('\n')}
`;
}

/** Changes one thing, as a person at work does. @returns What was changed. */
export function edit(state: FixtureState, random: Random): string {
  const index = Math.floor(random.next() * SIZE);
  const module = state.modules[index];
  if (module === undefined) return 'nothing';
  const kinds = [
    'number',
    'number',
    'number',
    'comment',
    'terse',
    'broken',
    'expect',
    'expect',
    'test',
    'data',
    'unused',
  ];
  const kind = random.pick(kinds) ?? 'comment';
  switch (kind) {
    case 'number': {
      const which = Math.floor(random.next() * 3);
      module.numbers[which] = Math.floor(random.next() * 3) + which * 10 + index;
      return `number ${which} of m${index}`;
    }
    case 'comment':
      module.comment += 1;
      return `comment of m${index}`;
    case 'terse':
      module.terse = !module.terse;
      return `form of m${index}`;
    case 'broken':
      module.broken = !module.broken;
      return `syntax of m${index}`;
    case 'expect':
      // What a person does with a failing test: everything in its way is mended.
      for (const other of state.modules) other.broken = false;
      state.expected.forEach((expected, test) => {
        if (expected !== null) state.expected[test] = answers(state, test);
      });
      return 'all tests mended';
    case 'test':
      state.expected[index] = state.expected[index] === null ? answers(state, index) : null;
      return `presence of t${index}`;
    case 'data':
      state.data.used = 1 + Math.floor(random.next() * 2);
      return 'data.json';
    default:
      state.data.unused += 1;
      return 'unused.json';
  }
}
