import { testing, type Base, type Family, type Files } from './scenario';

/** Modules with declarations of their own, in the common language of all transformers. */
const SOURCES: Files = {
  'src/dates.ts': `
import { note } from './notes';
const months = ['Jan', 'Feb'];
const separator = '-';
class Format {
  width = 2;
  pad(n) { return String(n).padStart(this.width, '0'); }
}
function join(parts) {
  return parts.join(separator);
}
note(months.length);
export function month(n) {
  return months[n];
}
export function date(y, m) {
  return join([y, new Format().pad(m)]);
}
export function kind() {
  return typeof structure;
}
export function early() {
  try {
    return late();
  } catch (error) {
    return error.name;
  }
}
const settled = 1;
function late() {
  return settled;
}
`,
  'src/notes.ts': 'export const notes = [];\nexport function note(n) {\n  notes.push(n);\n}\n',
  'src/parse.ts': `
const known = [];
function register(name) {
  known.push(name);
  return name;
}
const first = register('first');
function parser(...keys) {
  return (parts) => keys.map((key, n) => key + '=' + parts[n]).join();
}
const digits = /\\d+/;
const whole = RegExp('^' + digits.source + '$');
const names = ['spring', 'autumn'];
const seasons = Object.fromEntries(names.map((name) => [name, { name }]));
const extractDay = parser('year', 'day');
const extractWeek = parser('year', 'week');
export function day(parts) {
  return extractDay(parts);
}
export function week(parts) {
  return extractWeek(parts);
}
export function season(n) {
  return seasons[names[n]].name;
}
export function isNumber(text) {
  return whole.test(text);
}
`,
  'src/getters.ts': `
import { note } from './notes';
const options = {
  get width() {
    note('read');
    return 2;
  },
};
const width = options.width;
export function wide() {
  return width;
}
export function other() {
  return 1;
}
`,
  'src/shown.ts': `
function inner() {
  return 1;
}
function shown() {
  return inner();
}
export function text() {
  return shown.toString().length;
}
`,
  'src/space.ts': `
namespace Units {
  export const day = 1;
  export function hours() {
    return day * 24;
  }
}
export function day() {
  return Units.day;
}
export function none() {
  return 0;
}
`,
  '__tests__/day.test.ts': `import { day } from '../src/parse';\n${testing('expect(day([1, 2])).toMatch(/^y/);')}`,
  '__tests__/week.test.ts': `import { week } from '../src/parse';\n${testing('expect(week([1, 2])).toMatch(/^y/);')}`,
  '__tests__/season.test.ts': `import { season } from '../src/parse';\n${testing('expect(season(0)).toBeTruthy();')}`,
  '__tests__/number.test.ts': `import { isNumber } from '../src/parse';\n${testing("expect(isNumber('12')).toBe(true);")}`,
  '__tests__/month.test.ts': `import { month } from '../src/dates';\n${testing('expect(month(0)).toMatch(/^J/);')}`,
  '__tests__/date.test.ts': `import { date } from '../src/dates';\n${testing('expect(date(1, 2)).toMatch(/^1.0*2$/);')}`,
  '__tests__/kind.test.ts': `import { kind } from '../src/dates';\n${testing('expect(kind()).toMatch(/d$|n$/);')}`,
  '__tests__/early.test.ts': `import { early } from '../src/dates';\n${testing('expect(early()).toBeTruthy();')}`,
  '__tests__/wide.test.ts': `import { wide } from '../src/getters';\n${testing('expect(wide()).toBeGreaterThan(1);')}`,
  '__tests__/other.test.ts': `import { other } from '../src/getters';\n${testing('expect(other()).toBe(1);')}`,
  '__tests__/text.test.ts': `import { text } from '../src/shown';\n${testing('expect(text()).toBeGreaterThan(9);')}`,
  '__tests__/space.test.ts': `import { day } from '../src/space';\n${testing('expect(day()).toBeGreaterThan(0);')}`,
  '__tests__/none.test.ts': `import { none } from '../src/space';\n${testing('expect(none()).toBe(0);')}`,
  '__tests__/own.test.ts': `const own = { answer: 1 };\nfunction answer() {\n  return own.answer;\n}\n${testing('expect(answer()).toBeGreaterThan(0);')}`,
};

const testFile = (name: string): string => `__tests__/${name}.test.ts`;

const LOADING = ['date', 'early', 'kind', 'month'].map(testFile);

/** Those that load a module whose declarations call functions. */
const PARSING = ['day', 'number', 'season', 'week'].map(testFile);

function declarations(transformer: string, base: Omit<Base, 'files'> & { files: Files }): Family {
  return {
    name: `declarations, ${transformer}`,
    base: { ...base, files: { ...SOURCES, ...base.files } },
    scenarios: [
      {
        name: 'helpers that nobody uses, and others in another order',
        edit: (project) => {
          project.edit(
            'src/dates.ts',
            "const separator = '-';\n",
            "function unused() {\n  return separator;\n}\nconst pattern = /a/g;\nconst separator = '-';\n",
          );
          project.edit('src/dates.ts', 'function late() {\n  return settled;\n}\n', '');
          project.edit(
            'src/dates.ts',
            'function join',
            'function late() {\n  return settled;\n}\nfunction join',
          );
          project.edit('__tests__/own.test.ts', 'const own', 'const other = 1;\nconst own');
        },
        expectRan: [],
      },
      {
        name: 'a value that a function uses, which another calls',
        edit: (project) => project.edit('src/dates.ts', "'-'", "'/'"),
        expectRan: [testFile('date')],
      },
      {
        name: 'a value that code at the top of the module uses',
        edit: (project) => project.edit('src/dates.ts', "'Feb'", "'Feb', 'Mar'"),
        expectRan: LOADING,
      },
      {
        name: 'a field and a method that is added to a class',
        edit: (project) => project.edit('src/dates.ts', 'width = 2;', 'width = 3;\n  more() {}'),
        expectRan: [testFile('date')],
      },
      {
        name: 'a new value that one function uses',
        edit: (project) => {
          project.edit('src/dates.ts', 'const months', 'const zero = 0;\nconst months');
          project.edit('src/dates.ts', 'months[n]', 'months[n + zero]');
        },
        expectRan: [testFile('month')],
      },
      {
        name: 'a new declaration that shadows a global',
        edit: (project) =>
          project.edit('src/dates.ts', 'const settled', 'function structure() {}\nconst settled'),
        expectRan: [testFile('kind')],
      },
      {
        name: 'a value that moves below code that may do something',
        edit: (project) => {
          project.edit('src/dates.ts', "const separator = '-';\n", '');
          project.edit(
            'src/dates.ts',
            'note(months.length);',
            "note(months.length);\nconst separator = '-';",
          );
        },
        expectRan: [testFile('date')],
      },
      {
        name: 'an argument of a call that only makes a value',
        edit: (project) => project.edit('src/parse.ts', "'year', 'day'", "'years', 'day'"),
        expectRan: [testFile('day')],
      },
      {
        name: 'new calls that only make values',
        edit: (project) =>
          project.edit(
            'src/parse.ts',
            'const extractDay',
            "const extractHour = parser('hour');\nconst moons = new Map(names.map((name) => [name, 1]));\nconst extractDay",
          ),
        expectRan: [],
      },
      {
        name: 'a regular expression that others are made of',
        edit: (project) => project.edit('src/parse.ts', 'd+/', 'd*/'),
        expectRan: [testFile('number')],
      },
      {
        name: 'a list that an object is made of',
        edit: (project) => project.edit('src/parse.ts', "'autumn'", "'autumn', 'winter'"),
        expectRan: [testFile('season')],
      },
      {
        name: 'a function that makes values while the module is loaded',
        edit: (project) => project.edit('src/parse.ts', 'return (parts)', 'return (parts, more)'),
        expectRan: PARSING,
      },
      {
        name: 'a call that does more than make a value',
        edit: (project) => project.edit('src/parse.ts', "'first'", "'last'"),
        expectRan: PARSING,
      },
      {
        name: 'a getter that an initialiser calls',
        edit: (project) => project.edit('src/getters.ts', 'return 2', 'return 3'),
        expectRan: ['other', 'wide'].map(testFile),
      },
      {
        name: 'another initialiser that calls a getter',
        edit: (project) =>
          project.edit(
            'src/getters.ts',
            'export function other',
            'const height = options.width;\nexport function other',
          ),
        expectRan: ['other', 'wide'].map(testFile),
      },
      {
        name: 'a function whose text is shown, and which nobody called',
        edit: (project) => project.edit('src/shown.ts', 'return inner()', 'return inner() + 0'),
        expectRan: [testFile('text')],
      },
      {
        name: 'a function that one refers to whose text is shown',
        edit: (project) => project.edit('src/shown.ts', 'return 1', 'return 2'),
        expectRan: [],
      },
      {
        name: 'a constant of a namespace',
        edit: (project) => project.edit('src/space.ts', 'day = 1', 'day = 2'),
        expectRan: ['none', 'space'].map(testFile),
      },
      {
        name: 'a function of a namespace that nobody called',
        edit: (project) => project.edit('src/space.ts', '* 24', '* 25'),
        expectRan: [],
      },
      {
        name: 'an initialiser that may do something',
        edit: (project) =>
          project.edit(
            'src/dates.ts',
            'const settled = 1',
            'const unused = note(1);\nconst settled = 1',
          ),
        expectRan: LOADING,
      },
    ],
  };
}

/** How each transformer that writes CommonJS is set up. */
export const COMMONJS: readonly {
  transformer: string;
  base: Omit<Base, 'files'> & { files: Files };
}[] = [
  {
    transformer: 'SWC',
    base: {
      packages: ['jest', '@swc/jest', '@swc/core'],
      files: { 'jest.config.js': "module.exports = { transform: { '\\\\.ts$': '@swc/jest' } };" },
    },
  },
  {
    transformer: 'Babel',
    base: {
      packages: [
        'jest',
        'babel-jest',
        '@babel/core',
        '@babel/preset-env',
        '@babel/preset-typescript',
      ],
      files: {
        'jest.config.js':
          "module.exports = { transform: { '\\\\.ts$': ['babel-jest', { presets: [['@babel/preset-env', { targets: { node: 'current' } }], '@babel/preset-typescript'] }] } };",
      },
    },
  },
  {
    transformer: 'ts-jest',
    base: {
      packages: ['jest', 'ts-jest', 'typescript', '@types/jest'],
      files: {
        'tsconfig.json':
          '{"compilerOptions":{"module":"CommonJS","target":"ES2022","isolatedModules":true}}',
        'jest.config.js':
          "module.exports = { transform: { '\\\\.ts$': ['ts-jest', { diagnostics: false }] } };",
      },
    },
  },
];

export const declarationFamilies: readonly Family[] = [
  ...COMMONJS.map(({ transformer, base }) => declarations(transformer, base)),
  declarations('ES modules', {
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
    packages: ['jest', '@swc/jest', '@swc/core'],
    files: {
      'jest.config.js':
        "module.exports = { extensionsToTreatAsEsm: ['.ts'], transform: { '\\\\.ts$': ['@swc/jest', { module: { type: 'es6' } }] } };",
    },
  }),
];
