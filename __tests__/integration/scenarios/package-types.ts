import * as fs from 'node:fs';
import { testing, type Family, type Files, type Project } from './scenario';

/** An installed package with types, of which no module is loaded. */
function typed(
  folder: string,
  types: string,
  fields: Record<string, unknown> = {},
  file = 'index.d.ts',
): Files {
  const name = folder.replace(/^.*node_modules\//, '');
  return {
    [`${folder}/package.json`]: JSON.stringify({ name, version: '1.0.0', ...fields }),
    [`${folder}/index.js`]: '',
    [`${folder}/${file}`]: types,
  };
}

const LEVEL = 'export declare const enum Level { Low = 1, High = 2 }\n';
const VALUE = 'export const high = (): number => Level.High;\n';

/** By test file: where the package is whose `const enum` its source uses, how it is imported, how it is installed. */
const ENUMS: Record<string, [enumFile: string, source: string, files: Files]> = {
  plain: [
    'node_modules/plain/index.d.ts',
    `import { Level } from 'plain';\n${VALUE}`,
    typed('node_modules/plain', LEVEL),
  ],
  named: [
    'node_modules/named/types/main.d.ts',
    "import * as all from 'named';\nexport const high = (): number => all.Level.High;\n",
    typed('node_modules/named', LEVEL, { types: './types/main' }, 'types/main.d.ts'),
  ],
  required: [
    'node_modules/required/lib/required.d.ts',
    "import all = require('required');\nexport const high = (): number => all.Level.High;\n",
    typed('node_modules/required', LEVEL, { main: 'lib/required.js' }, 'lib/required.d.ts'),
  ],
  below: [
    'node_modules/below/levels.d.ts',
    `import { Level } from 'below/levels';\n${VALUE}`,
    typed('node_modules/below', LEVEL, {}, 'levels.d.ts'),
  ],
  again: [
    'node_modules/again/deep/levels.d.ts',
    `import { Level } from './again-levels';\n${VALUE}`,
    {
      ...typed('node_modules/again', "export * from './deep/levels.js';\n"),
      'node_modules/again/deep/levels.d.ts': LEVEL,
      'src/again-levels.ts': "export * from 'again';\n",
    },
  ],
  others: [
    'node_modules/inner/index.d.ts',
    `import { Level } from 'others';\n${VALUE}`,
    {
      ...typed('node_modules/others', "export { Level } from 'inner';\n"),
      ...typed('node_modules/inner', LEVEL),
    },
  ],
  separate: [
    'node_modules/@types/separate/index.d.ts',
    `import { Level } from 'separate';\n${VALUE}`,
    {
      'node_modules/separate/package.json': '{"name":"separate","version":"1.0.0"}',
      'node_modules/separate/index.js': '',
      ...typed('node_modules/@types/separate', LEVEL),
    },
  ],
  scoped: [
    'node_modules/@types/scope__scoped/index.d.ts',
    `import { Level } from '@scope/scoped';\n${VALUE}`,
    typed('node_modules/@types/scope__scoped', LEVEL),
  ],
  versioned: [
    'node_modules/versioned/ts4/index.d.ts',
    `import { Level } from 'versioned';\n${VALUE}`,
    typed(
      'node_modules/versioned',
      LEVEL,
      { types: 'index.d.ts', typesVersions: { '>=4': { '*': ['ts4/*'] } } },
      'ts4/index.d.ts',
    ),
  ],
  mocked: [
    'node_modules/mocked/index.d.ts',
    `import { Level, other } from 'mocked';\nexport const high = (): number => Level.High + other;\n`,
    typed('node_modules/mocked', `${LEVEL}export declare const other: number;\n`),
  ],
  linked: [
    'node_modules/.pnpm/linked@1.0.0/node_modules/linked/index.d.ts',
    `import { Level } from 'linked';\n${VALUE}`,
    typed('node_modules/.pnpm/linked@1.0.0/node_modules/linked', LEVEL),
  ],
};

const run = (name: string): string => `__tests__/${name}.test.ts`;

/** Installs another version with another value of the `const enum`. */
function upgrade(project: Project, enumFile: string): void {
  const [home = ''] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(enumFile) ?? [];
  project.edit(enumFile, 'High = 2', 'High = 3');
  project.edit(`${home}/package.json`, '"1.0.0"', '"1.0.1"');
}

const TEST = (name: string): string =>
  `import { high } from '../src/${name}';\n${testing('expect(high()).toBeGreaterThan(1);')}`;

/** What ts-jest takes from the types of installed packages, which nothing loads. */
export const packageTypes: Family = {
  name: 'types of installed packages',
  base: {
    packages: ['jest', 'ts-jest', 'typescript', '@types/jest'],
    files: {
      'tsconfig.json':
        '{"compilerOptions":{"module":"CommonJS","moduleResolution":"Node10","target":"ES2022","esModuleInterop":true,"experimentalDecorators":true,"emitDecoratorMetadata":true,"strict":true}}',
      'jest.config.js': "module.exports = { preset: 'ts-jest' };",
      ...Object.fromEntries(
        Object.entries(ENUMS).flatMap(([name, [, source, files]]): [string, string | null][] => [
          ...Object.entries(files),
          [`src/${name}.ts`, source],
          [run(name), TEST(name)],
        ]),
      ),
      [run('mocked')]: `jest.mock('mocked', () => ({ other: 1 }));\n${TEST('mocked')}`,
      ...typed('node_modules/asserted', LEVEL),
      'src/asserted.ts': `import { Level } from 'asserted';\n${VALUE}`,
      [run('asserted')]: TEST('asserted').replace('toBeGreaterThan(1)', 'toBe(2)'),
      ...typed('node_modules/@types/ambient', 'declare const enum Everywhere { High = 2 }\n'),
      'src/ambient.ts': 'export const high = (): number => Everywhere.High;\n',
      [run('ambient')]: TEST('ambient'),
      ...typed(
        'node_modules/@types/of-module',
        "declare module 'made-up' {\n  export const enum Made { High = 2 }\n}\n",
      ),
      'src/of-module.ts': `import { Made as Level } from 'made-up';\n${VALUE}`,
      [run('of-module')]: TEST('of-module'),
      ...typed('node_modules/shapes', 'export interface Shape { side: number }\n'),
      'src/shapes.ts':
        "import { Shape } from 'shapes';\nexport const side = (shape: Shape): number => shape.side;\n",
      [run('shapes')]:
        `import { side } from '../src/shapes';\n${testing('expect(side({ side: 1 })).toBe(1);')}`,
      ...typed('node_modules/kinds', 'export interface Kind { a: number }\n'),
      'node_modules/kinds/index.js': 'exports.Kind = class {};\n',
      'src/kind-list.ts': "import { Kind } from 'kinds';\nexport { Kind };\n",
      'src/kinds.ts': "export { Kind } from './kind-list';\nexport const kind = 1;\n",
      [run('kinds')]:
        `import * as all from '../src/kinds';\n${testing("expect(Object.keys(all)).toEqual(['kind']);")}`,
      ...typed('node_modules/ids', 'export type Id = string;\n'),
      'src/kept.ts':
        "import { Id } from 'ids';\nexport const told: unknown[] = [];\n(Reflect as unknown as { metadata: unknown }).metadata = (_key: string, type: unknown) => { told.push(type); return () => undefined; };\nconst keeps = (_target: object, _name: string): void => undefined;\nexport class Kept {\n  @keeps id!: Id;\n}\n",
      [run('kept')]:
        `import { told } from '../src/kept';\n${testing('expect(told).toEqual([String]);')}`,
      [run('nothing')]: testing('expect(1).toBe(1);'),
    },
    prepare: (project) => {
      fs.symlinkSync('.pnpm/linked@1.0.0/node_modules/linked', project.path('node_modules/linked'));
    },
  },
  scenarios: [
    {
      name: 'a const enum, whose value the test asserts',
      edit: (project) => upgrade(project, 'node_modules/asserted/index.d.ts'),
      expectRan: [run('asserted')],
      expectExit: 1,
    },
    ...Object.entries(ENUMS).map(([name, [enumFile]]) => ({
      name: `a const enum (${name})`,
      edit: (project: Project) => upgrade(project, enumFile),
      expectRan: [run(name)],
    })),
    {
      name: 'a const enum that is known everywhere',
      edit: (project) => upgrade(project, 'node_modules/@types/ambient/index.d.ts'),
      expectRan: [run('ambient')],
      alone: true,
    },
    {
      name: 'a const enum of a module that types make up',
      edit: (project) => upgrade(project, 'node_modules/@types/of-module/index.d.ts'),
      expectRan: [run('of-module')],
      alone: true,
    },
    {
      name: 'a const enum of another version that is linked',
      edit: (project) => {
        const next = 'node_modules/.pnpm/linked@2.0.0/node_modules/linked';
        project.write({
          ...typed(next, LEVEL.replace('2', '3'), { version: '2.0.0' }),
          'node_modules/linked': null,
        });
        fs.symlinkSync(next.replace('node_modules/', ''), project.path('node_modules/linked'));
      },
      expectRan: [run('linked')],
    },
    {
      name: 'another version of types alone',
      edit: (project) =>
        project.write(
          typed('node_modules/shapes', 'export interface Shape { side: number; more?: 1 }\n', {
            version: '1.0.1',
          }),
        ),
      expectRan: [],
    },
    {
      name: 'a type that becomes a value, and so is exported again',
      edit: (project) =>
        project.write({
          ...typed('node_modules/kinds', 'export declare class Kind { a: number }\n', {
            version: '1.0.1',
          }),
          'node_modules/kinds/index.js': 'exports.Kind = class {};\n',
        }),
      expectRan: [run('kinds')],
      expectExit: 1,
    },
    {
      name: 'an alias of another type, where decorators are told the types',
      edit: (project) =>
        project.write(
          typed('node_modules/ids', 'export type Id = number;\n', { version: '1.0.1' }),
        ),
      expectRan: [run('kept')],
      expectExit: 1,
    },
  ],
};
