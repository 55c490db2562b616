import * as fs from 'node:fs';
import * as path from 'node:path';
import { sqlitePackage } from '../../../src/store/connection/sqlite';
import { testing, type Family } from './scenario';

/** The smallest WebAssembly module that exports a global, of this value. */
function wasm(value: number): Buffer {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const globals = [6, 6, 1, 0x7f, 0, 0x41, value, 0x0b];
  const exported = [7, 5, 1, 1, 0x76, 3, 0];
  return Buffer.from([...header, ...globals, ...exported]);
}

const ADDON = addon();

/** An addon that this Node loads: the one of SQLite, which one package ships and the other builds. */
function addon(): string {
  const root = path.dirname(require.resolve(`${sqlitePackage()}/package.json`));
  const candidates = [
    'build/Release/better_sqlite3.node',
    `prebuilds/${process.platform}-${process.arch}.node`,
  ];
  const found = candidates.map((name) => path.join(root, name)).find((file) => fs.existsSync(file));
  if (found === undefined) throw new Error(`No native addon in ${root}: run \`npm ci\`.`);
  return found;
}

/** ES modules that Node runs as such, WebAssembly and native addons. */
export const native: Family = {
  name: 'ES modules, WebAssembly, native addons',
  base: {
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
    files: {
      'jest.config.mjs': "export default { transform: {}, testMatch: ['**/*.test.?(m)js'] };",
      'src/sign.mjs':
        "export function plus() {\n  return 'plus';\n}\nexport function minus() {\n  return 'minus';\n}\n",
      '__tests__/static.test.mjs': `import { plus } from '../src/sign.mjs';\n${testing('expect(plus()).toBeTruthy();')}`,
      '__tests__/dynamic.test.mjs': testing(
        "const { minus } = await import('../src/sign.mjs');\nexpect(minus()).toBeTruthy();",
      ),
      'src/even.mjs':
        "import { odd } from './odd.mjs';\nexport const early = odd(1);\nexport function even(n) {\n  return n === 0 ? true : odd(n - 1);\n}\n",
      'src/odd.mjs':
        "import { even } from './even.mjs';\nexport function odd(n) {\n  return n === 0 ? false : even(n - 1);\n}\nexport function alone() {\n  return 1;\n}\n",
      '__tests__/cycle.test.mjs': `import { even } from '../src/even.mjs';\n${testing('expect(even(2)).toBe(true);')}`,
      '__tests__/wasm.test.mjs': `import { v } from '../src/value.wasm';\n${testing('expect(v.value).toBeGreaterThan(0);')}`,
      '__tests__/addon.test.js': testing("expect(require('../src/addon.node')).toBeTruthy();"),
      '__tests__/optional.test.mjs': testing(
        "const found = await import('../src/optional.mjs').catch(() => null);\nexpect(found).not.toBe(undefined);",
      ),
      '__tests__/nothing.test.mjs': testing('expect(1).toBe(1);'),
    },
    prepare: (project) => {
      fs.writeFileSync(project.path('src/value.wasm'), wasm(1));
      fs.copyFileSync(ADDON, project.path('src/addon.node'));
    },
  },
  scenarios: [
    {
      name: 'a function of a module imported at the top',
      edit: (project) => project.edit('src/sign.mjs', "'plus'", "'plus' + ''"),
      expectRan: ['__tests__/static.test.mjs'],
    },
    {
      name: 'a function of a module imported in a test',
      edit: (project) => project.edit('src/sign.mjs', "'minus'", "'minus' + ''"),
      expectRan: ['__tests__/dynamic.test.mjs'],
    },
    {
      name: 'a function that was called before its module ran',
      edit: (project) => project.edit('src/odd.mjs', 'false', '!1'),
      expectRan: ['__tests__/cycle.test.mjs'],
    },
    {
      name: 'a function in an import cycle that nobody called',
      edit: (project) => project.edit('src/odd.mjs', 'return 1', 'return 2'),
      expectRan: [],
    },
    {
      name: 'an optional module that was not there',
      edit: (project) => project.write({ 'src/optional.mjs': 'export const on = true;\n' }),
      expectRan: ['__tests__/optional.test.mjs'],
    },
    {
      name: 'a WebAssembly module',
      edit: (project) => fs.writeFileSync(project.path('src/value.wasm'), wasm(2)),
      expectRan: ['__tests__/wasm.test.mjs'],
    },
    {
      name: 'a native addon',
      edit: (project) => fs.appendFileSync(project.path('src/addon.node'), ' '),
      expectRan: ['__tests__/addon.test.js'],
    },
  ],
};
