import { testing, type Family, type Files } from './scenario';

const from = (specifier: string): string => `from '../src/${specifier}.mjs';\n`;

/** Modules that import others in every way that ES modules have. */
const SOURCES: Files = {
  'jest.config.mjs':
    "export default { transform: {}, testMatch: ['**/*.test.mjs'], injectGlobals: true };",
  'src/dates.mjs': `
import { note } from './notes.mjs';
export const VERSION = '3.7.0';
export const unused = 1;
const months = ['Jan', 'Feb'];
export function month(n) {
  return months[n];
}
export function kind() {
  return typeof structure;
}
export default class {
  width = 2;
}
note(0);
`,
  'src/notes.mjs': 'export const notes = [];\nexport function note(n) {\n  notes.push(n);\n}\n',
  'src/index.mjs': `export const NAME = 'dates';
export { month, VERSION as RELEASE, default as Format } from './dates.mjs';
export * as dates from './dates.mjs';
`,
  'src/lists.mjs': `import { VERSION } from './dates.mjs';
const local = 'local';
const other = 'other';
export { VERSION, local as renamed, other };
export default 'default';
`,
  'src/lazy.mjs': `import { VERSION } from './dates.mjs';
export const on = true;
export function late() {
  return VERSION;
}
`,
  'src/object.mjs': `import * as dates from './dates.mjs';
export function pick(name) {
  return dates[name];
}
export function version() {
  return dates.VERSION;
}
`,
  'src/self.mjs': `export const one = 1;
export function self() {
  return Object.keys(this).length;
}
`,
  'src/entry.mjs': `export const MAIN = '1.0.0';
export * from './kinds.mjs';
export * from './sorts.mjs';
`,
  'src/kinds.mjs': "export const KIND = 'kind';\n",
  'src/sorts.mjs': "export const SORT = 'sort';\n",
  'src/wants.mjs': "import { late } from './kinds.mjs';\nexport const wanted = late;\n",
  'src/circle-a.mjs':
    "import { has } from './circle-b.mjs';\nexport const first = 1;\nexport function second() {\n  return has;\n}\n",
  'src/circle-b.mjs':
    "import * as a from './circle-a.mjs';\nexport const has = 'third' in a ? 'yes' : 'no';\n",
  'src/early-a.mjs': "import './early-b.mjs';\nexport const early = 1;\nexport const later = 2;\n",
  'src/early-b.mjs': `import { early } from './early-a.mjs';
export let seen;
try {
  seen = String(early);
} catch (error) {
  seen = error.name;
}
`,
  'src/lone.mjs': 'export const lone = 1;\n',
  'src/outer.mjs': "export * from './inner.mjs';\nexport const outer = 1;\n",
  'src/inner.mjs': 'export const inner = 1;\nconst made = 2;\nexport { made };\n',
  'src/thenable.mjs': `export { wait as then } from './waiting.mjs';
export * from './waited.mjs';
import { early } from './waited.mjs';
export { early as soon };
`,
  'src/waiting.mjs': 'export const wait = 0;\n',
  'src/waited.mjs': 'export const waited = 1;\nexport const early = 1;\nexport const never = 1;\n',
  'src/plain.cjs': 'exports.one = 1;\nexports.two = 2;\n',
  '__tests__/version.test.mjs': `import { VERSION } ${from('dates')}${testing('expect(VERSION).toMatch(/^3/);')}`,
  '__tests__/month.test.mjs': `import { month } ${from('dates')}${testing('expect(month(0)).toMatch(/^J/);')}`,
  '__tests__/kind.test.mjs': `import { kind } ${from('dates')}${testing('expect(kind()).toMatch(/d$|n$/);')}`,
  '__tests__/default.test.mjs': `import Format ${from('dates')}${testing('expect(new Format().width).toBeTruthy();')}`,
  '__tests__/name.test.mjs': `import { NAME } ${from('index')}${testing('expect(NAME).toBeTruthy();')}`,
  '__tests__/through.test.mjs': `import { RELEASE } ${from('index')}${testing('expect(RELEASE).toBeTruthy();')}`,
  '__tests__/spaced.test.mjs': `import { dates } ${from('index')}${testing('expect(dates.kind()).toBeTruthy();')}`,
  '__tests__/renamed.test.mjs': `import value, { renamed } ${from('lists')}${testing('expect(value + renamed).toBeTruthy();')}`,
  '__tests__/listed.test.mjs': `import { VERSION } ${from('lists')}${testing('expect(VERSION).toBeTruthy();')}`,
  '__tests__/lazy.test.mjs': `import { on } ${from('lazy')}${testing('expect(on).toBe(true);')}`,
  '__tests__/computed.test.mjs': `import { pick } ${from('object')}${testing("expect(pick('month')).toBeDefined();")}`,
  '__tests__/space.test.mjs': `import { version } ${from('object')}${testing('expect(version()).toBeDefined();')}`,
  '__tests__/member.test.mjs': `import * as dates ${from('dates')}${testing('expect(dates.month(0)).toMatch(/^J/);')}`,
  '__tests__/keys.test.mjs': `import * as dates ${from('dates')}${testing('expect(Object.keys(dates).length).toBeGreaterThan(3);')}`,
  '__tests__/passed.test.mjs': `import * as dates ${from('dates')}const see = (all) => all.month;\n${testing('expect(see(dates)).toBeDefined();')}`,
  '__tests__/missing.test.mjs': `import * as dates ${from('dates')}${testing('expect(dates.late?.() ?? 0).toBeLessThan(9);')}`,
  '__tests__/dynamic.test.mjs': testing(
    "const all = await import('../src/dates.mjs');\nexpect(Object.keys(all).length).toBeGreaterThan(3);",
  ),
  '__tests__/taken.test.mjs': testing(
    "const { VERSION } = await import('../src/dates.mjs');\nexpect(VERSION).toBeDefined();",
  ),
  '__tests__/half.test.mjs': `import { jest } from '@jest/globals';
const actual = await import('../src/dates.mjs');
jest.unstable_mockModule('../src/dates.mjs', () => ({ ...actual, month: () => 'x' }));
const { month } = await import('../src/index.mjs');
${testing("expect(month()).toBe('x');")}`,
  '__tests__/mocked.test.mjs': `import { jest } from '@jest/globals';
jest.unstable_mockModule('../src/dates.mjs', () => ({ month: () => 'x', VERSION: '9', default: 1 }));
const { month } = await import('../src/index.mjs');
${testing("expect(month()).toBe('x');")}`,
  '__tests__/self.test.mjs': `import * as all ${from('self')}${testing('expect(all.self()).toBeGreaterThan(0);')}`,
  '__tests__/main.test.mjs': `import { MAIN } ${from('entry')}${testing('expect(MAIN).toMatch(/^1/);')}`,
  '__tests__/entry-kind.test.mjs': `import { KIND } ${from('entry')}${testing('expect(KIND).toBeTruthy();')}`,
  '__tests__/entry-sort.test.mjs': `import * as entry ${from('entry')}${testing('expect(entry.SORT).toBeTruthy();')}`,
  '__tests__/wants.test.mjs': `import { KIND } ${from('kinds')}${testing("let wanted = '';\ntry {\n  ({ wanted } = await import('../src/wants.mjs'));\n} catch {}\nexpect(KIND + wanted).toBe(KIND);")}`,
  '__tests__/circle.test.mjs': `import { second } ${from('circle-a')}${testing('expect(second()).toMatch(/yes|no/);')}`,
  '__tests__/early.test.mjs': `import '../src/early-a.mjs';\nimport { seen } ${from('early-b')}${testing('expect(seen).toBeTruthy();')}`,
  '__tests__/lone.test.mjs': testing(
    "const { lone } = await import('../src/lone.mjs');\nexpect(lone).toBe(1);",
  ),
  '__tests__/lone-member.test.mjs': testing(
    "expect((await import('../src/lone.mjs')).lone).toBe(1);",
  ),
  '__tests__/lone-top.test.mjs': `const all = await import('../src/lone.mjs');\n${testing('expect(all.lone).toBe(1);')}`,
  '__tests__/lone-loaded.test.mjs': testing(
    "await expect(import('../src/lone.mjs')).resolves.toBeDefined();",
  ),
  '__tests__/outer.test.mjs': testing(
    "const { outer } = await import('../src/outer.mjs');\nexpect(outer).toBe(1);",
  ),
  '__tests__/thenable.test.mjs': testing(
    "const { soon } = await import('../src/thenable.mjs');\nexpect(soon).toBe(1);",
  ),
  '__tests__/plain.test.mjs': `import { one } from '../src/plain.cjs';\n${testing('expect(one).toBe(1);')}`,
  '__tests__/required.test.mjs': `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${testing("const { cache } = require;\nrequire('../src/plain.cjs');\nexpect(Object.values(cache).some((one) => one?.exports?.two)).toBeDefined();")}`,
};

const files = (...names: string[]): string[] => names.map((name) => `__tests__/${name}.test.mjs`);

/** An export that the language asks for. */
const THEN = 'export function then(done) {\n  done({});\n}\n';

/** Those that let the namespace of `dates` go somewhere, or ask for a name that is not there. */
const ALL = files(
  ...['computed', 'dynamic', 'half', 'keys', 'missing', 'passed'],
  // Who uses a namespace that another module exports uses all of it.
  'spaced',
);

/** Those that load `dates`. */
const LOADING = [
  ...ALL,
  ...files('default', 'kind', 'lazy', 'listed', 'member', 'month', 'name', 'renamed', 'space'),
  ...files('taken', 'through', 'version'),
];

/** Those that get the value of `VERSION` by its name. */
const VERSIONED = files('listed', 'space', 'taken', 'through', 'version');

export const esExports: Family = {
  name: 'exports, ES modules',
  base: { env: { NODE_OPTIONS: '--experimental-vm-modules' }, files: SOURCES },
  scenarios: [
    {
      name: 'a new export',
      edit: (project) =>
        project.edit(
          'src/dates.mjs',
          'note(0);',
          'export function late() {\n  return 5;\n}\nnote(0);',
        ),
      expectRan: ALL,
    },
    {
      name: 'a changed constant that is exported',
      edit: (project) => project.edit('src/dates.mjs', '3.7.0', '3.7.1'),
      expectRan: [...ALL, ...VERSIONED],
    },
    {
      name: 'an export that nobody names is removed',
      edit: (project) => project.edit('src/dates.mjs', 'export const unused = 1;\n', ''),
      expectRan: ALL,
    },
    {
      name: 'an export that is named where nobody uses it gets another name',
      edit: (project) => project.edit('src/dates.mjs', 'VERSION', 'version'),
      expectRan: [...ALL, ...VERSIONED, ...files('lazy', 'name', 'renamed')],
      expectExit: 1,
    },
    {
      name: 'a value that an exported function uses',
      edit: (project) => project.edit('src/dates.mjs', "'Jan'", "'Jun'"),
      expectRan: files('member', 'month'),
    },
    {
      name: 'a default export',
      edit: (project) => project.edit('src/dates.mjs', 'width = 2', 'width = 3'),
      expectRan: [...ALL, ...files('default')],
    },
    {
      name: 'a new declaration that shadows a global',
      edit: (project) =>
        project.edit('src/dates.mjs', 'note(0);', 'function structure() {}\nnote(0);'),
      expectRan: files('kind', 'spaced'),
    },
    {
      name: 'an export whose value may do something',
      edit: (project) =>
        project.edit('src/dates.mjs', 'note(0);', 'export const made = note(1);\nnote(0);'),
      expectRan: LOADING,
    },
    {
      name: 'an exported constant beside re-exports',
      edit: (project) => project.edit('src/index.mjs', "'dates'", "'times'"),
      expectRan: files('name'),
    },
    {
      name: 'constants in a list of exports, in another order, with one more',
      edit: (project) => {
        project.edit(
          'src/lists.mjs',
          '{ VERSION, local as renamed, other }',
          '{ other, local as renamed, VERSION, more }',
        );
        project.edit('src/lists.mjs', 'const other', 'const more = 1;\nconst other');
      },
      expectRan: [],
    },
    {
      name: 'a name in a list of exports that stands for another constant',
      edit: (project) =>
        project.edit('src/lists.mjs', 'local as renamed, other', 'other as renamed, other'),
      expectRan: files('renamed'),
    },
    {
      name: 'a constant that is the default export',
      edit: (project) => project.edit('src/lists.mjs', "'default'", "'other default'"),
      expectRan: files('renamed'),
    },
    {
      name: 'a new export of a module of which a function takes its namespace as `this`',
      edit: (project) => project.edit('src/self.mjs', 'one = 1', 'one = 1, two = 2'),
      expectRan: files('self'),
    },
    {
      name: 'the version in an index module that others import',
      edit: (project) => project.edit('src/entry.mjs', '1.0.0', '1.0.1'),
      expectRan: files('main'),
    },
    {
      name: 'a constant behind `export *`',
      edit: (project) => project.edit('src/kinds.mjs', "'kind'", "'kinds'"),
      expectRan: files('entry-kind', 'wants'),
    },
    {
      name: 'a new export behind `export *`',
      edit: (project) =>
        project.edit('src/sorts.mjs', 'export', "export const other = 'a';\nexport"),
      expectRan: files('entry-kind', 'entry-sort'),
    },
    {
      name: 'a name that two modules behind `export *` have',
      edit: (project) =>
        project.edit('src/sorts.mjs', 'export', "export const KIND = 'a';\nexport"),
      expectRan: files('entry-kind', 'entry-sort'),
      expectExit: 1,
      alone: true,
    },
    {
      name: 'an export that hides one which `export *` gives',
      edit: (project) =>
        project.edit('src/entry.mjs', 'export *', "export const SORT = '';\nexport *"),
      expectRan: files('entry-kind', 'entry-sort'),
      expectExit: 1,
      alone: true,
    },
    {
      name: 'an export that a module could not be loaded without',
      edit: (project) =>
        project.edit('src/kinds.mjs', 'export', "export const late = 'a';\nexport"),
      expectRan: files('entry-kind', 'entry-sort', 'wants'),
      expectExit: 1,
      alone: true,
    },
    {
      name: 'an export that an import cycle finds',
      edit: (project) =>
        project.edit('src/circle-a.mjs', 'export const', 'export const third = 3;\nexport const'),
      expectRan: files('circle'),
    },
    {
      name: 'a constant that an import cycle reads too early',
      edit: (project) => project.edit('src/early-a.mjs', 'const early', 'var early'),
      expectRan: files('early'),
    },
    {
      name: 'a constant in an import cycle that nobody reads',
      edit: (project) => project.edit('src/early-a.mjs', 'later = 2', 'later = 3'),
      expectRan: [],
    },
    {
      name: 'a new export that makes a promise of what `import()` gives',
      edit: (project) => project.write({ 'src/lone.mjs': `export const lone = 1;\n${THEN}` }),
      expectRan: files('lone', 'lone-loaded', 'lone-member', 'lone-top'),
      expectExit: 1,
      alone: true,
    },
    {
      name: 'a constant that becomes such an export',
      edit: (project) => project.edit('src/inner.mjs', '{ made }', '{ made as then }'),
      expectRan: files('outer'),
    },
    {
      name: 'such an export behind `export *`',
      edit: (project) => project.edit('src/inner.mjs', 'export', `${THEN}export`),
      expectRan: files('outer'),
      expectExit: 1,
      alone: true,
    },
    {
      name: 'the value of such an export, in another module',
      edit: (project) => project.edit('src/waiting.mjs', '0', '(done) => done({})'),
      expectRan: files('thenable'),
      expectExit: 1,
      alone: true,
    },
    {
      name: 'the value of an export beside such an export, in another module',
      edit: (project) => project.edit('src/waited.mjs', 'early = 1', 'early = 2'),
      expectRan: files('thenable'),
      expectExit: 1,
      alone: true,
    },
    {
      name: 'a constant behind `export *` beside such an export',
      edit: (project) => project.edit('src/waited.mjs', 'waited = 1', 'waited = 2'),
      expectRan: files('thenable'),
    },
    {
      name: 'another export of a CommonJS module',
      edit: (project) => project.edit('src/plain.cjs', 'two = 2', 'two = 3'),
      expectRan: files('plain', 'required'),
    },
  ],
};
