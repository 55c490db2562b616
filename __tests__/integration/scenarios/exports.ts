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
  'src/whole.js': 'module.exports = { one: 1 };\n',
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
  '__tests__/whole.test.ts': `const { one } = require('../src/whole');\n${testing('expect(one).toBe(1);')}`,
};

const files = (...names: string[]): string[] => names.map((name) => `__tests__/${name}.test.ts`);

/** Those that let the exports of `dates` go somewhere, or ask for one that is not there. */
const ALL = files(
  ...['actual', 'automock', 'computed', 'dynamic', 'in', 'keys', 'missing', 'passed', 'rest'],
  ...['spread', 'star'],
);

/** Of these, the ones that read each value: an export of SWC's is a getter, and its value counts for whoever called it. */
const READING = files('actual', 'automock', 'rest', 'spread');

const LOADING = [...ALL, ...files('default', 'kind', 'month', 'through', 'version')];

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
      expectRan: ALL,
    },
    {
      name: 'a changed constant that is exported',
      edit: (project) => project.edit('src/dates.ts', '3.7.0', '3.7.1'),
      expectRan:
        transformer === 'SWC'
          ? [...READING, ...files('star', 'version')]
          : [...ALL, ...files('version')],
    },
    {
      name: 'an export that nobody names is removed',
      edit: (project) => project.edit('src/dates.ts', 'export const unused = 1;\n', ''),
      expectRan: ALL,
    },
    {
      name: 'an export that gets another name',
      edit: (project) => project.edit('src/dates.ts', 'VERSION', 'version'),
      expectRan: [...ALL, ...files('version')],
      expectExit: 1,
    },
    {
      name: 'a value that an exported function uses',
      edit: (project) => project.edit('src/dates.ts', "'Jan'", "'Jun'"),
      expectRan: files('month', 'through'),
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
      name: 'a member of an object that is the exports',
      edit: (project) => project.edit('src/whole.js', 'one: 1', 'one: 1, two: 2'),
      expectRan: files('whole'),
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
