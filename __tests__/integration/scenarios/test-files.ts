import { testing, type Family } from './scenario';

const EXTERNAL =
  '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing\n\nexports[`it 1`] = `"value"`;\n';

/** The test files themselves, and their snapshots. */
export const testFiles: Family = {
  name: 'test files and snapshots',
  base: {
    // As in CI, where snapshots that are missing are not written.
    args: ['--ci'],
    files: {
      'jest.config.js':
        "module.exports = { transform: {}, testEnvironmentOptions: { colour: 'red' } };",
      'src/lib.js': 'exports.answer = () => 42;\nexports.unused = () => 0;\n',
      '__tests__/plain.test.js': testing("expect(require('../src/lib').answer()).toBe(42);"),
      '__tests__/rows.test.js':
        "test.each([1, 2])('row %i', (n) => {\n  expect(n).toBeGreaterThan(0);\n});\n",
      '__tests__/titles.test.js':
        "describe('group', () => {\n  test('one', () => {});\n  test('two', () => {});\n});\n",
      '__tests__/docblock.test.js': `/**\n * Some words.\n * @jest-environment node\n */\n${testing('expect(1).toBe(1);')}`,
      '__tests__/external.test.js': testing("expect('value').toMatchSnapshot();"),
      '__tests__/__snapshots__/external.test.js.snap': EXTERNAL,
      '__tests__/inline.test.js': testing('expect(\'value\').toMatchInlineSnapshot(`"value"`);'),
    },
    packages: ['jest', 'jest-environment-node'],
  },
  scenarios: [
    {
      name: 'a test file added',
      edit: (project) =>
        project.write({ '__tests__/added.test.js': testing('expect(1).toBe(1);') }),
      expectRan: ['__tests__/added.test.js'],
    },
    {
      name: 'a test file moved',
      alone: true,
      edit: (project) =>
        project.write({
          '__tests__/deeper/moved.test.js': project.read('__tests__/rows.test.js'),
          '__tests__/rows.test.js': null,
        }),
      expectRan: ['__tests__/deeper/moved.test.js'],
    },
    {
      name: 'a test file removed',
      edit: (project) => project.write({ '__tests__/rows.test.js': null }),
      expectRan: [],
    },
    {
      name: 'a test added',
      edit: (project) =>
        project.write({
          '__tests__/plain.test.js': `${project.read('__tests__/plain.test.js')}test('added', () => {});\n`,
        }),
      expectRan: ['__tests__/plain.test.js'],
    },
    {
      name: 'a test renamed',
      edit: (project) => project.edit('__tests__/titles.test.js', "'two'", "'three'"),
      expectRan: ['__tests__/titles.test.js'],
    },
    {
      name: 'a test removed',
      edit: (project) => project.edit('__tests__/titles.test.js', "  test('two', () => {});\n", ''),
      expectRan: ['__tests__/titles.test.js'],
    },
    {
      name: 'a row of test.each',
      edit: (project) => project.edit('__tests__/rows.test.js', '[1, 2]', '[1, 2, 3]'),
      expectRan: ['__tests__/rows.test.js'],
    },
    {
      name: 'the body of a test',
      edit: (project) => project.edit('__tests__/plain.test.js', '.toBe(42)', '.toEqual(42)'),
      expectRan: ['__tests__/plain.test.js'],
    },
    {
      name: 'a comment in a test file',
      edit: (project) =>
        project.edit('__tests__/plain.test.js', "test('it'", "// A word.\n\ntest('it'"),
      expectRan: [],
    },
    {
      name: 'a pragma of a docblock',
      edit: (project) =>
        project.edit(
          '__tests__/docblock.test.js',
          'node\n',
          'node\n * @jest-environment-options {"colour":"blue"}\n',
        ),
      expectRan: ['__tests__/docblock.test.js'],
    },
    {
      name: 'a docblock added',
      edit: (project) =>
        project.write({
          '__tests__/rows.test.js': `/** @jest-environment node */\n${project.read('__tests__/rows.test.js')}`,
        }),
      expectRan: ['__tests__/rows.test.js'],
    },
    {
      name: 'the words of a docblock',
      edit: (project) => project.edit('__tests__/docblock.test.js', 'Some words', 'Other words'),
      expectRan: [],
    },
    {
      name: 'the content of a snapshot',
      edit: (project) =>
        project.edit('__tests__/__snapshots__/external.test.js.snap', 'value', 'another'),
      expectRan: ['__tests__/external.test.js'],
      expectExit: 1,
    },
    {
      name: 'a snapshot file deleted',
      edit: (project) => project.write({ '__tests__/__snapshots__/external.test.js.snap': null }),
      expectRan: ['__tests__/external.test.js'],
      expectExit: 1,
    },
    {
      name: 'a snapshot file for a test file that had none',
      edit: (project) => project.write({ '__tests__/__snapshots__/rows.test.js.snap': EXTERNAL }),
      expectRan: ['__tests__/rows.test.js'],
      // Jest calls it obsolete.
      expectExit: 1,
    },
    {
      name: 'an inline snapshot',
      edit: (project) => project.edit('__tests__/inline.test.js', '"value"', '"another"'),
      expectRan: ['__tests__/inline.test.js'],
      expectExit: 1,
    },
  ],
};
