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
