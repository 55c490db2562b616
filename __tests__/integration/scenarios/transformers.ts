import { ENTRY } from '../harness';
import { testing, type Family, type Files } from './scenario';

const COMPILER =
  '{"compilerOptions":{"module":"CommonJS","target":"ES2022","esModuleInterop":true,"strict":true,"types":["jest"]}}';

const SOURCES: Files = {
  'tsconfig.json': COMPILER,
  'src/level.ts': 'export const enum Level { Low = 1, High = 2 }\n',
  'src/levels.ts': "export * from './level';\n",
  'src/shape.ts': 'export interface Shape { side: number }\n',
  'src/uses-level.ts':
    "import { Level } from './levels';\nexport const high = (): number => Level.High;\n",
  'src/uses-shape.ts':
    "import type { Shape } from './shape';\nexport const area = (shape: Shape): number => shape.side ** 2;\n",
  '__tests__/level.test.ts': `import { high } from '../src/uses-level';\n${testing('expect(high()).toBeGreaterThan(0);')}`,
  '__tests__/shape.test.ts': `import { area } from '../src/uses-shape';\n${testing('expect(area({ side: 1 })).toBe(1);')}`,
  '__tests__/nothing.test.ts': testing('expect(1).toBe(1);'),
};

const packages = ['jest', 'ts-jest', 'typescript', '@types/jest'];

/** What ts-jest takes from other files while it compiles one. */
export const typeScript: Family = {
  name: 'ts-jest with type checking',
  base: {
    packages,
    files: { ...SOURCES, 'jest.config.js': "module.exports = { preset: 'ts-jest' };" },
  },
  scenarios: [
    {
      name: 'a const enum, whose values stand in the files that import it',
      edit: (project) => project.edit('src/level.ts', 'High = 2', 'High = 3'),
      expectRan: ['__tests__/level.test.ts'],
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
      expectRan: [
        '__tests__/level.test.ts',
        '__tests__/nothing.test.ts',
        '__tests__/shape.test.ts',
      ],
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
