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
  '__tests__/month.test.ts': `import { month } from '../src/dates';\n${testing('expect(month(0)).toMatch(/^J/);')}`,
  '__tests__/date.test.ts': `import { date } from '../src/dates';\n${testing('expect(date(1, 2)).toMatch(/^1.0*2$/);')}`,
  '__tests__/kind.test.ts': `import { kind } from '../src/dates';\n${testing('expect(kind()).toMatch(/d$|n$/);')}`,
  '__tests__/early.test.ts': `import { early } from '../src/dates';\n${testing('expect(early()).toBeTruthy();')}`,
  '__tests__/own.test.ts': `const own = { answer: 1 };\nfunction answer() {\n  return own.answer;\n}\n${testing('expect(answer()).toBeGreaterThan(0);')}`,
};

const testFile = (name: string): string => `__tests__/${name}.test.ts`;

const LOADING = ['date', 'early', 'kind', 'month'].map(testFile);

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
