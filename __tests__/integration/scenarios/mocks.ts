import { NO_TRANSFORM, testing, type Family } from './scenario';

/** What a mock stands for is no dependency where it is never loaded. */
export const mocks: Family = {
  name: 'mocks',
  base: {
    files: {
      ...NO_TRANSFORM,
      'src/service.js': 'exports.call = () => 1;\n',
      'src/__mocks__/manual.js': 'exports.call = () => 2;\n',
      'src/manual.js': 'exports.call = () => 1;\n',
      '__tests__/factory.test.js': `jest.mock('../src/service', () => ({ call: () => 3 }));\n${testing("expect(require('../src/service').call()).toBe(3);")}`,
      '__tests__/automatic.test.js': `jest.mock('../src/service');\n${testing("expect(require('../src/service').call()).toBe(undefined);")}`,
      '__tests__/partial.test.js': `jest.mock('../src/service', () => ({ ...jest.requireActual('../src/service') }));\n${testing("expect(require('../src/service').call()).toBeGreaterThan(0);")}`,
      '__tests__/manual.test.js': `jest.mock('../src/manual');\n${testing("expect(require('../src/manual').call()).toBeGreaterThan(0);")}`,
      '__tests__/reset.test.js': `beforeEach(() => jest.resetModules());\n${testing("expect(require('../src/service').call()).toBeGreaterThan(0);")}`,
      '__tests__/isolated.test.js': testing(
        "jest.isolateModules(() => expect(require('../src/service').call()).toBeGreaterThan(0));",
      ),
    },
  },
  scenarios: [
    {
      name: 'a function that some call and some mock',
      edit: (project) => project.edit('src/service.js', '1', '2'),
      expectRan: [
        '__tests__/isolated.test.js',
        '__tests__/partial.test.js',
        '__tests__/reset.test.js',
      ],
    },
    {
      name: 'the exports of a module that some mock automatically',
      edit: (project) =>
        project.edit('src/service.js', 'exports.call', 'exports.more = 1;\nexports.call'),
      expectRan: ['__tests__/automatic.test.js', '__tests__/partial.test.js'],
    },
    {
      name: 'a manual mock',
      edit: (project) => project.edit('src/__mocks__/manual.js', '2', '3'),
      expectRan: ['__tests__/manual.test.js'],
    },
    {
      name: 'what a manual mock stands for',
      edit: (project) => project.edit('src/manual.js', '1', '2'),
      expectRan: [],
    },
  ],
};

const MOCKING = "import { jest } from '@jest/globals';\n";

/** Jest has no stable name for this yet. */
export const mocksOfEsModules: Family = {
  name: 'mocks of ES modules',
  base: {
    packages: ['jest', '@jest/globals'],
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
    files: {
      'package.json': '{"type":"module"}',
      'jest.config.js': 'export default { transform: {} };',
      'src/service.js': 'export const call = () => 1;\n',
      'src/user.js': "import { call } from './service.js';\nexport const use = () => call();\n",
      'src/other.js': 'export const other = () => 1;\n',
      'value.txt': '3',
      'factory.test.js': `${MOCKING}jest.unstable_mockModule('./src/service.js', () => ({ call: () => 3 }));
const { use } = await import('./src/user.js');\n${testing('expect(use()).toBe(3);')}`,
      'asynchronous.test.js': `${MOCKING}jest.unstable_mockModule('./src/service.js', async () => {
  const { other } = await import('./src/other.js');
  return { call: () => other() };
});
const { use } = await import('./src/user.js');\n${testing('expect(use()).toBeGreaterThan(0);')}`,
      'virtual.test.js': `${MOCKING}import { readFileSync } from 'fs';
jest.unstable_mockModule('./src/nowhere.js', () => ({ value: readFileSync('value.txt', 'utf8') }), { virtual: true });
${testing("expect((await import('./src/nowhere.js')).value).toMatch(/\\d/);")}`,
      'real.test.js': `import { use } from './src/user.js';\n${testing('expect(use()).toBeGreaterThan(0);')}`,
    },
  },
  scenarios: [
    {
      name: 'a function that all but one mock',
      edit: (project) => project.edit('src/service.js', '1', '2'),
      expectRan: ['./real.test.js'],
    },
    {
      name: 'what a factory imports',
      edit: (project) => project.edit('src/other.js', '=> 1', '=> 2'),
      expectRan: ['./asynchronous.test.js'],
    },
    {
      name: 'what a factory of a virtual module reads',
      edit: (project) => project.write({ 'value.txt': '4' }),
      expectRan: ['./virtual.test.js'],
    },
    {
      name: 'who uses the mocked module',
      edit: (project) => project.edit('src/user.js', 'call();', 'call() + 0;'),
      expectRan: ['./asynchronous.test.js', './factory.test.js', './real.test.js'],
    },
    {
      name: 'a file where a virtual module is',
      edit: (project) => project.write({ 'src/nowhere.js': 'export const value = 0;\n' }),
      expectRan: [],
    },
  ],
};
