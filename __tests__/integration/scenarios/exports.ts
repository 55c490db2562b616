import { COMMONJS } from './declarations';
import { testing, type Files, type Family } from './scenario';

const from = (specifier: string): string => `from '../src/${specifier}';\n`;

/** A module that others import in every way, and one written by hand. */
const SOURCES: Files = {
  'src/dates.ts': `
import { note } from './notes';
export const VERSION = '3.7.0';
export const unused = 1;
const months = ['Jan', 'Feb'];
export function month(n) {
  return months[n];
}
export class Format {
  width = 2;
}
export enum Kind {
  Day,
  Month,
}
export default function date() {
  return 1;
}
note(0);
`,
  'src/notes.ts': 'export const notes = [];\nexport function note(n) {\n  notes.push(n);\n}\n',
  'src/index.ts': "export const NAME = 'dates';\nexport { month, VERSION } from './dates';\n",
  'src/all.ts': "export * from './dates';\n",
  'src/object.ts':
    "import * as dates from './dates';\nexport function pick(name) {\n  return dates[name];\n}\n",
  'src/plain.js': `exports.one = 1;
exports.two = function () { return exports.one; };
exports.self = function () { return Object.keys(this).length; };
`,
  'src/entry.ts':
    "export const RELEASE = '1.0.0';\nexport { month } from './dates';\nexport * from './kinds';\n",
  'src/kinds.ts': "export const KIND = 'kind';\nexport const unusedKind = 1;\n",
  'src/whole.js': `function one() {
  return [1].length;
}
const first = 'a';
module.exports = { one, first, second() { return 2; } };
`,
  'src/copy.js': "module.exports = { ...require('./whole'), own: 1 };\n",
  '__tests__/version.test.ts': `import { VERSION } ${from('dates')}${testing('expect(VERSION).toMatch(/^3/);')}`,
  '__tests__/month.test.ts': `import { month } ${from('dates')}${testing('expect(month(0)).toMatch(/^J/);')}`,
  '__tests__/default.test.ts': `import date ${from('dates')}${testing('expect(date()).toBe(1);')}`,
  '__tests__/kind.test.ts': `import { Kind } ${from('dates')}${testing('expect(Kind.Day).toBe(0);')}`,
  '__tests__/through.test.ts': `import { month } ${from('index')}${testing('expect(month(0)).toMatch(/^J/);')}`,
  '__tests__/star.test.ts': `import { VERSION } ${from('all')}${testing('expect(VERSION).toBeTruthy();')}`,
  '__tests__/keys.test.ts': `import * as dates ${from('dates')}${testing('expect(Object.keys(dates).length).toBeGreaterThan(3);')}`,
  '__tests__/spread.test.ts': `import * as dates ${from('dates')}${testing('expect({ ...dates }.month).toBeDefined();')}`,
  '__tests__/in.test.ts': `import * as dates ${from('dates')}${testing("expect('month' in dates).toBe(true);")}`,
  '__tests__/passed.test.ts': `import * as dates ${from('dates')}const see = (all) => all.month;\n${testing('expect(see(dates)).toBeDefined();')}`,
  '__tests__/computed.test.ts': `import { pick } ${from('object')}${testing("expect(pick('month')).toBeDefined();")}`,
  '__tests__/missing.test.ts': `import * as dates ${from('dates')}${testing('expect(dates.late?.() ?? 0).toBeLessThan(9);')}`,
  '__tests__/rest.test.ts': `const { month, ...rest } = require('../src/dates');\n${testing('expect(rest.VERSION).toBeDefined();')}`,
  '__tests__/dynamic.test.ts': testing(
    "const all = await import('../src/dates');\nexpect(all.month).toBeDefined();",
  ),
  '__tests__/automock.test.ts': `import { month } ${from('dates')}jest.mock('../src/dates');\n${testing('expect(month(0)).toBeUndefined();')}`,
  '__tests__/actual.test.ts': `import { month } ${from('dates')}jest.mock('../src/dates', () => ({ ...jest.requireActual('../src/dates'), month: () => 'x' }));\n${testing("expect(month(0)).toBe('x');")}`,
  '__tests__/two.test.ts': `const plain = require('../src/plain');\n${testing('expect((0, plain.two)()).toBeGreaterThan(0);')}`,
  '__tests__/self.test.ts': `const plain = require('../src/plain');\n${testing('expect(plain.self()).toBeGreaterThan(0);')}`,
  '__tests__/release.test.ts': `import { RELEASE } ${from('entry')}${testing('expect(RELEASE).toMatch(/^1/);')}`,
  '__tests__/entry-month.test.ts': `import { month } ${from('entry')}${testing('expect(month(0)).toMatch(/^J/);')}`,
  '__tests__/entry-kind.test.ts': `import { KIND } ${from('entry')}${testing('expect(KIND).toMatch(/^k/);')}`,
  '__tests__/one.test.ts': `const { one } = require('../src/whole');\n${testing('expect(one()).toBe(1);')}`,
  '__tests__/first.test.ts': `const whole = require('../src/whole');\n${testing('expect(whole.first).toBeTruthy();')}`,
  'src/tools.js': 'exports.keysOf = (object) => Object.keys(object);\n',
  'src/circle-a.js':
    "exports.first = 1;\nconst b = require('./circle-b');\nexports.second = () => b.seen;\n",
  'src/circle-b.js': "const a = require('./circle-a');\nexports.seen = typeof a.third;\n",
  '__tests__/circle.test.ts': testing(
    "expect(require('../src/circle-a').second()).toMatch(/undefined|number/);",
  ),
  '__tests__/spied.test.ts': `const whole = require('../src/whole');\n${testing("jest.spyOn(whole, 'one').mockReturnValue(3);\nexpect(whole.one()).toBe(3);")}`,
  '__tests__/walked.test.ts': `const whole = require('../src/whole');\n${testing('let n = 0;\nfor (const name in whole) n += 1;\nexpect(n).toBeGreaterThan(2);')}`,
  '__tests__/owned.test.ts': `const whole = require('../src/whole');\n${testing("expect(Object.prototype.hasOwnProperty.call(whole, 'zero')).toBeDefined();")}`,
  '__tests__/asked.test.ts': `const whole = require('../src/whole');\n${testing("expect('zero' in whole).toBeDefined();")}`,
  '__tests__/helped.test.ts': `const { keysOf } = require('../src/tools');\nconst whole = require('../src/whole');\n${testing('expect(keysOf(whole).length).toBeGreaterThan(2);')}`,
  '__tests__/mocked.test.ts': `jest.mock('../src/whole');\nconst { one } = require('../src/whole');\n${testing('expect(one()).toBeUndefined();')}`,
  '__tests__/half.test.ts': `jest.mock('../src/whole', () => ({ ...jest.requireActual('../src/whole'), one: () => 3 }));\nconst { one } = require('../src/whole');\n${testing('expect(one()).toBe(3);')}`,
  '__tests__/text.test.ts': `const { one } = require('../src/whole');\n${testing('expect(String(one)).toMatch(/length/);')}`,
  '__tests__/copied.test.ts': `const { own } = require('../src/copy');\n${testing('expect(own).toBe(1);')}`,
};

const files = (...names: string[]): string[] => names.map((name) => `__tests__/${name}.test.ts`);

/** Those that let the exports of `dates` go somewhere, or ask for one that is not there. */
const ALL = files(
  ...['actual', 'automock', 'computed', 'dynamic', 'in', 'keys', 'missing', 'passed', 'rest'],
  'spread',
);

/** Of these, the ones that read each value: an export of SWC's is a getter, and its value counts for whoever called it. */
const READING = files('actual', 'automock', 'rest', 'spread');

/** Those that let the exports of `whole` go somewhere. */
const WHOLE = files('asked', 'copied', 'half', 'helped', 'mocked', 'owned', 'spied', 'walked');

/** Those that load a module which exports all of `kinds`. */
const ENTERING = files('entry-kind', 'entry-month', 'release');

const LOADING = [
  ...ALL,
  ...ENTERING,
  ...files('default', 'kind', 'month', 'star', 'through', 'version'),
];

export const exportFamilies: readonly Family[] = COMMONJS.map(({ transformer, base }) => ({
  name: `exports, ${transformer}`,
  base: { ...base, files: { ...SOURCES, ...base.files } },
  scenarios: [
    {
      name: 'a new export',
      edit: (project) =>
        project.edit(
          'src/dates.ts',
          'note(0);',
          'export function late() {\n  return 5;\n}\nnote(0);',
        ),
      // As Babel writes `export *`, names of two modules may clash, and nothing of it can be loaded.
      expectRan: [...ALL, ...(transformer === 'Babel' ? files('star') : [])],
    },
    {
      name: 'a changed constant that is exported',
      edit: (project) => project.edit('src/dates.ts', '3.7.0', '3.7.1'),
      expectRan:
        transformer === 'SWC'
          ? [...READING, ...files('star', 'version')]
          : [...ALL, ...files('star', 'version')],
    },
    {
      name: 'an export that nobody names is removed',
      edit: (project) => project.edit('src/dates.ts', 'export const unused = 1;\n', ''),
      expectRan: [...ALL, ...(transformer === 'Babel' ? files('star') : [])],
    },
    {
      name: 'an export that gets another name',
      edit: (project) => project.edit('src/dates.ts', 'VERSION', 'version'),
      expectRan: [...ALL, ...files('star', 'version')],
      expectExit: 1,
    },
    {
      name: 'a value that an exported function uses',
      edit: (project) => project.edit('src/dates.ts', "'Jan'", "'Jun'"),
      expectRan: files('entry-month', 'month', 'through'),
    },
    {
      name: 'an enum that gets a member',
      edit: (project) => project.edit('src/dates.ts', '  Month,\n', '  Month,\n  Year,\n'),
      expectRan: [...(transformer === 'SWC' ? READING : ALL), ...files('kind')],
    },
    {
      name: 'an exported constant beside a re-export',
      edit: (project) => project.edit('src/index.ts', "'dates'", "'times'"),
      expectRan: [],
    },
    {
      name: 'an export whose value may do something',
      edit: (project) =>
        project.edit('src/dates.ts', 'note(0);', 'export const made = note(1);\nnote(0);'),
      expectRan: LOADING,
    },
    {
      name: 'an export that hides one which `export *` gives',
      edit: (project) =>
        project.edit('src/all.ts', 'export *', "export const VERSION = '1';\nexport *"),
      expectRan: files('star'),
    },
    {
      name: 'a constant of a module that is written by hand',
      edit: (project) => project.edit('src/plain.js', 'one = 1', 'one = 2'),
      expectRan: files('self', 'two'),
    },
    {
      name: 'a new export of a module that is written by hand',
      edit: (project) =>
        project.edit('src/plain.js', 'exports.two', 'exports.zero = 0;\nexports.two'),
      expectRan: files('self'),
    },
    {
      name: 'the version in an index module that others import',
      edit: (project) => project.edit('src/entry.ts', '1.0.0', '1.0.1'),
      expectRan: files('release'),
    },
    {
      name: 'a constant behind `export *`',
      edit: (project) => project.edit('src/kinds.ts', "'kind'", "'kinds'"),
      expectRan: files('entry-kind'),
    },
    {
      name: 'a new export behind `export *`',
      edit: (project) => project.edit('src/kinds.ts', 'export', "export const late = 'a';\nexport"),
      expectRan: transformer === 'Babel' ? ENTERING : [],
    },
    {
      name: 'an export behind `export *` that is gone',
      edit: (project) => project.edit('src/kinds.ts', 'KIND', 'SORT'),
      expectRan: transformer === 'Babel' ? ENTERING : files('entry-kind'),
      expectExit: 1,
    },
    {
      name: 'another export before `export *`, which nobody names',
      edit: (project) =>
        project.edit('src/entry.ts', 'export {', "export const KIND_OF = 'x';\nexport {"),
      expectRan: transformer === 'Babel' ? ENTERING : files('entry-kind'),
    },
    {
      name: 'members of an object that is the exports, added and moved',
      edit: (project) =>
        project.edit('src/whole.js', '{ one, first', '{ zero: () => one(), first, one'),
      expectRan: WHOLE,
    },
    {
      name: 'a member of an object that is the exports',
      edit: (project) => project.edit('src/whole.js', "'a'", "'b'"),
      expectRan: [...WHOLE, ...files('first')],
    },
    {
      name: 'an object that is no longer the exports',
      edit: (project) => project.edit('src/whole.js', '{ one', '{ ...{}, one'),
      expectRan: [...WHOLE, ...files('first', 'one', 'text')],
    },
    {
      name: 'the text of a function that is exported',
      edit: (project) => project.edit('src/whole.js', '[1]', '[0]'),
      expectRan: files('one', 'text'),
    },
    {
      name: 'an export that an import cycle finds',
      edit: (project) => project.edit('src/circle-a.js', 'const b', 'exports.third = 3;\nconst b'),
      expectRan: files('circle'),
    },
    {
      name: 'a member beside those of another module',
      edit: (project) => project.edit('src/copy.js', 'own: 1', 'own: 1, other: 2'),
      expectRan: files('copied'),
    },
  ],
}));

/** A serializer whose functions Jest takes without a `require`, while a test takes another export of it. */
export const takenByJest: Family = {
  name: 'exports that Jest takes',
  base: {
    files: {
      'jest.config.js':
        "module.exports = { transform: {}, snapshotSerializers: ['./src/printer.js'] };",
      'src/printer.js': `const one = () => '1';
const two = () => '2';
exports.test = (value) => value === 'printed';
exports.print = one;
exports.width = 80;
`,
      '__tests__/print.test.js': testing(
        "expect(require('../src/printer').width).toBe(80);\nexpect('printed').toMatchInlineSnapshot('1');",
      ),
    },
  },
  scenarios: [
    {
      name: 'another function under the same name',
      edit: (project) => project.edit('src/printer.js', 'print = one', 'print = two'),
      expectRan: ['__tests__/print.test.js'],
      expectExit: 1,
    },
  ],
};
