import * as fs from 'node:fs';
import { ENTRY } from '../harness';
import { testing, type Family, type Files, type Project } from './scenario';

const COMPILER =
  '{"compilerOptions":{"module":"CommonJS","target":"ES2022","esModuleInterop":true,"experimentalDecorators":true,"emitDecoratorMetadata":true,"strict":true,"types":["jest"]}}';

const SOURCES: Files = {
  'tsconfig.json': COMPILER.replace('{', '{"extends":["./config/first.json","./config/second"],'),
  'config/first.json': '{"compilerOptions":{"target":"ES2020"}}',
  'config/second.json':
    '\uFEFF{"compilerOptions":{"baseUrl":"..","paths":{"@enums/*":["enums/*"],}}} // With a comma.',
  'src/level.ts': 'export const enum Level { Low = 1, High = 2 }\n',
  'src/levels.ts': "export * from './level';\n",
  'src/shape.ts': 'export interface Shape { side: number }\n',
  'src/uses-level.ts':
    "import { Level } from './levels';\nexport const high = (): number => Level.High;\n",
  'src/uses-shape.ts':
    "import type { Shape } from './shape';\nexport const area = (shape: Shape): number => shape.side ** 2;\n",
  'enums/size.ts': 'export const enum Size { Small = 1, Large = 2 }\n',
  'src/uses-size.ts':
    "import { Size } from '@enums/size';\nexport const large = (): number => Size.Large;\n",
  '__tests__/size.test.ts': `import { large } from '../src/uses-size';\n${testing('expect(large()).toBeGreaterThan(0);')}`,
  'packages/tones/package.json': '{"name":"@ws/tones","version":"1.0.0","types":"index.ts"}',
  'packages/tones/index.ts': 'export const enum Tone { Low = 1, High = 2 }\n',
  'src/uses-tone.ts':
    "import { Tone } from '@ws/tones';\nexport const tone = (): number => Tone.High;\n",
  '__tests__/tone.test.ts': `import { tone } from '../src/uses-tone';\n${testing('expect(tone()).toBeGreaterThan(0);')}`,
  '__tests__/level.test.ts': `import { high } from '../src/uses-level';\n${testing('expect(high()).toBeGreaterThan(0);')}`,
  '__tests__/shape.test.ts': `import { area } from '../src/uses-shape';\n${testing('expect(area({ side: 1 })).toBe(1);')}`,
  'src/kinds.ts':
    'export interface Kind { a: number }\nexport type Id = string;\nexport const kind = (): number => 1;\n',
  'src/kept.ts':
    "import { Kind, Id } from './kinds';\nimport type { Mark } from './marks';\nexport const names: string[] = [];\nconst keeps = (_: object, name: string) => {\n  names.push(name);\n};\nexport class Kept {\n  @keeps kind!: Kind;\n  @keeps id!: Id;\n  @keeps mark!: Mark;\n}\n",
  'src/marks.ts': "export type { Mark } from './mark-list';\n",
  'src/mark-list.ts': "export type Mark = ')' | 'b';\n",
  '__tests__/kept.test.ts': `const told: unknown[] = [];
(Reflect as unknown as { metadata: unknown }).metadata = (_key: string, type: unknown) => { told.push(type); return () => undefined; };
${testing("jest.requireActual('../src/kept');\n  expect(told.map(String)).toEqual(['function Object() { [native code] }', 'function String() { [native code] }', 'function String() { [native code] }']);")}`,
  'src/parts.ts': 'export interface Part { a: number }\nexport interface Other { b: number }\n',
  'src/api.ts': "export { Part } from './part-list';\nexport const api = (): number => 1;\n",
  'src/part-list.ts': "export { Part } from './parts';\n",
  '__tests__/api.test.ts': `import * as all from '../src/api';\n${testing("expect(Object.keys(all)).toEqual(['api']);")}`,
  'src/base.ts': "import { origin } from './origin';\nexport const base = origin + 1;\n",
  'src/origin.ts': 'export const origin = 1;\n',
  'src/numbered.ts':
    "import { /* not { alone */ base } from './base';\nexport enum Numbered { Zero = '}', First = base, Second = First + 1 }\n",
  '__tests__/numbered.test.ts': `jest.mock('../src/base', () => ({}));\nimport { Numbered } from '../src/numbered';\n${testing('expect(Numbered.First).toBe(2);')}`,
  '__tests__/nothing.test.ts': testing('expect(1).toBe(1);'),
};

const ALL = ['api', 'kept', 'level', 'nothing', 'numbered', 'shape', 'size', 'tone'].map(
  (name) => `__tests__/${name}.test.ts`,
);

/** Links the package of the workspace. */
function prepare(project: Project): void {
  fs.mkdirSync(project.path('node_modules/@ws'), { recursive: true });
  fs.symlinkSync('../../packages/tones', project.path('node_modules/@ws/tones'));
}

const packages = ['jest', 'ts-jest', 'typescript', '@types/jest'];

/** What ts-jest takes from other files while it compiles one. */
export const typeScript: Family = {
  name: 'ts-jest with type checking',
  base: {
    packages,
    files: { ...SOURCES, 'jest.config.js': "module.exports = { preset: 'ts-jest' };" },
    prepare,
  },
  scenarios: [
    {
      name: 'a const enum, whose values stand in the files that import it',
      edit: (project) => project.edit('src/level.ts', 'High = 2', 'High = 3'),
      expectRan: ['__tests__/level.test.ts'],
    },
    {
      name: 'a const enum that is imported through paths of tsconfig.json',
      edit: (project) => project.edit('enums/size.ts', 'Large = 2', 'Large = 3'),
      expectRan: ['__tests__/size.test.ts'],
    },
    {
      name: 'a const enum that is imported from another package of the workspace',
      edit: (project) => project.edit('packages/tones/index.ts', 'High = 2', 'High = 3'),
      expectRan: ['__tests__/tone.test.ts'],
    },
    {
      name: 'an interface that becomes a class, where decorators are told the types',
      edit: (project) =>
        project.edit('src/kinds.ts', 'interface Kind { a: number }', 'class Kind { a = 1 }'),
      expectRan: ['__tests__/kept.test.ts'],
      expectExit: 1,
    },
    {
      name: 'an alias of another type, where decorators are told the types',
      edit: (project) => project.edit('src/kinds.ts', 'Id = string', 'Id = number'),
      expectRan: ['__tests__/kept.test.ts'],
      expectExit: 1,
    },
    {
      name: 'an alias with a bracket in quotes, which is exported again as a type',
      edit: (project) => project.edit('src/mark-list.ts', "'b'", '2'),
      expectRan: ['__tests__/kept.test.ts'],
      expectExit: 1,
    },
    {
      name: 'the code of a file that is imported for its types',
      edit: (project) => project.edit('src/kinds.ts', '=> 1', '=> 2'),
      expectRan: [],
    },
    {
      name: 'a type that becomes a value, and so is exported again',
      edit: (project) =>
        project.edit('src/parts.ts', 'interface Part { a: number }', 'class Part { a = 1 }'),
      expectRan: ['__tests__/api.test.ts'],
      expectExit: 1,
    },
    {
      name: 'a further property of a type that is exported again',
      edit: (project) => project.edit('src/parts.ts', 'a: number', 'a: number; c?: string'),
      expectRan: [],
    },
    {
      name: 'a constant that an enum of another file is made of, though its module is mocked',
      edit: (project) => project.edit('src/origin.ts', '= 1', '= 2'),
      expectRan: ['__tests__/numbered.test.ts'],
      expectExit: 1,
    },
    {
      name: 'the second config that tsconfig.json extends',
      edit: (project) => project.edit('config/second.json', '"paths"', '"allowJs":true,"paths"'),
      expectRan: ALL,
    },
    {
      name: 'an enum that is not const any more',
      edit: (project) => project.edit('src/level.ts', 'const enum', 'enum'),
      expectRan: ['__tests__/level.test.ts'],
    },
    {
      name: 'a type',
      edit: (project) =>
        project.edit('src/shape.ts', 'side: number', 'side: number; name?: string'),
      expectRan: [],
    },
    {
      name: 'tsconfig.json',
      edit: (project) => project.edit('tsconfig.json', 'ES2022', 'ES2021'),
      expectRan: ALL,
    },
  ],
};

/** As above, told that type errors count. */
export const typeErrors: Family = {
  name: "ts-jest with typeErrors: 'select'",
  base: {
    packages,
    files: {
      ...SOURCES,
      'jest.config.js': `module.exports = require('${ENTRY}').withTestmon({ preset: 'ts-jest' }, { typeErrors: 'select' });`,
    },
    prepare,
  },
  scenarios: [
    {
      name: 'a type: its static importers',
      edit: (project) => project.edit('src/shape.ts', 'side: number', 'side: number; name: string'),
      expectRan: ['__tests__/shape.test.ts'],
      expectExit: 1,
    },
  ],
};
