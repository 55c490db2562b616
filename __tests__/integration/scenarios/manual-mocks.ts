import { NO_TRANSFORM, selecting, testing, type Family, type Files } from './scenario';

/** Test files by name: what comes before the test, and what the test does. */
const TESTS: Record<string, readonly [before: string, body: string]> = {
  factory: [
    "jest.mock('../src/dep', () => ({ n: 9 }));",
    "expect(require('../src/use').n).toBe(9);",
  ],
  'factory-later': [
    '',
    "jest.doMock('../src/dep', () => ({ n: 9 }));\nexpect(require('../src/use').n).toBe(9);",
  ],
  'factory-partial': [
    "jest.mock('../src/dep', () => ({ ...jest.requireActual('../src/dep'), n: 9 }));",
    "expect(require('../src/use').n).toBe(9);",
  ],
  unmocked: ["jest.unmock('../src/dep');", "expect(require('../src/use').n).toBe(1);"],
  plain: ['', "expect(require('../src/use').n).toBe(1);"],
  manual: ["jest.mock('../src/dep');", "expect(require('../src/use')).toBeTruthy();"],
  'manual-asked': ['', "expect(jest.requireMock('../src/dep')).toBeTruthy();"],
  automatic: ["jest.mock('../src/lone');", "expect(require('../src/lone')).toBeTruthy();"],
  'lone-factory': ["jest.mock('../src/lone', () => 9);", "expect(require('../src/lone')).toBe(9);"],
  'lone-plain': ['', "expect(require('../src/lone').n).toBe(1);"],
  ...ofPackage('pack', 'pack'),
  ...ofPackage('scoped', '@scope/pack'),
  'bare-factory': ["jest.mock('bare', () => 9);", "expect(require('bare')).toBe(9);"],
  'bare-automatic': ["jest.mock('bare');", "expect(require('bare')).toBeTruthy();"],
  'bare-plain': ['', "expect(require('bare')).toBeTruthy();"],
  'missing-factory': ["jest.mock('missing', () => 9);", "expect(require('missing')).toBe(9);"],
  'missing-virtual': [
    "jest.mock('missing', () => 9, { virtual: true });",
    "expect(require('missing')).toBe(9);",
  ],
  // With a mock of that name, Jest takes the two for different modules.
  'two-names': [
    "jest.mock('pack', () => ({ n: 9 }));",
    "expect(require('pack').n).toBe(9);\nexpect(require('../node_modules/pack/index.js').n).toBeTruthy();",
  ],
  'two-bare-names': [
    "jest.mock('bare', () => ({ n: 9 }));",
    "expect(require('bare').n).toBe(9);\nexpect(require('../node_modules/bare/index.js').n).toBeTruthy();",
  ],
  'node-factory': ["jest.mock('os', () => 9);", "expect(require('os')).toBe(9);"],
  'node-manual': ["jest.mock('os');", "expect(require('os')).toBeTruthy();"],
  'node-automatic': ["jest.mock('url');", "expect(require('url')).toBeTruthy();"],
  'node-url-factory': ["jest.mock('url', () => 9);", "expect(require('url')).toBe(9);"],
};

function ofPackage(name: string, specifier: string): typeof TESTS {
  const required = `require('${specifier}')`;
  return {
    [`${name}-factory`]: [`jest.mock('${specifier}', () => 9);`, `expect(${required}).toBe(9);`],
    [`${name}-partial`]: [
      `jest.mock('${specifier}', () => ({ ...jest.requireActual('${specifier}'), n: 9 }));`,
      `expect(${required}.n).toBe(9);`,
    ],
    [`${name}-unmocked`]: [`jest.unmock('${specifier}');`, `expect(${required}.n).toBe(1);`],
    [`${name}-plain`]: ['', `expect(${required}.n).toBeTruthy();`],
    [`${name}-manual`]: [`jest.mock('${specifier}');`, `expect(${required}).toBeTruthy();`],
  };
}

const installed = (name: string): Files => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0' }),
  [`node_modules/${name}/index.js`]: 'exports.n = 1;\n',
});

const MOCK = 'exports.n = 2;\n';

const run = (...names: string[]) => selecting(...names.map((name) => `__tests__/${name}.test.js`));

/** A manual mock counts for whoever gets it, or would get one: not where a test has a factory of its own. */
export const manualMocks: Family = {
  name: 'manual mocks',
  base: {
    files: {
      ...NO_TRANSFORM,
      'src/dep.js': 'exports.n = 1;\n',
      'src/__mocks__/dep.js': MOCK,
      'src/use.js': "exports.n = require('./dep').n;\n",
      'src/lone.js': 'exports.n = 1;\n',
      ...installed('pack'),
      ...installed('@scope/pack'),
      ...installed('bare'),
      '__mocks__/pack.js': MOCK,
      '__mocks__/@scope/pack.js': MOCK,
      '__mocks__/missing.js': MOCK,
      '__mocks__/os.js': MOCK,
      ...Object.fromEntries(
        Object.entries(TESTS).map(([name, [before, body]]) => [
          `__tests__/${name}.test.js`,
          `${before}\n${testing(body)}`,
        ]),
      ),
    },
  },
  scenarios: [
    run('manual', 'manual-asked')('the mock of a module goes', (project) =>
      project.write({ 'src/__mocks__/dep.js': null }),
    ),
    run('automatic')('the mock of a module comes', (project) =>
      project.write({ 'src/__mocks__/lone.js': MOCK }),
    ),
    run(
      'pack-plain',
      'pack-manual',
      'two-names',
    )('the mock of a package goes', (project) => project.write({ '__mocks__/pack.js': null })),
    run('scoped-plain', 'scoped-manual')('the mock of a package with a scope goes', (project) =>
      project.write({ '__mocks__/@scope/pack.js': null }),
    ),
    run(
      'bare-automatic',
      'bare-plain',
      'two-bare-names',
    )('the mock of a package comes', (project) => project.write({ '__mocks__/bare.js': MOCK })),
    {
      ...run('missing-factory')('the mock of a package that is not installed goes', (project) =>
        project.write({ '__mocks__/missing.js': null }),
      ),
      expectExit: 1,
    },
    run('node-manual')('the mock of a module of Node goes', (project) =>
      project.write({ '__mocks__/os.js': null }),
    ),
    run('node-automatic')('the mock of a module of Node comes', (project) =>
      project.write({ '__mocks__/url.js': MOCK }),
    ),
    run(
      'pack-plain',
      'pack-manual',
      'pack-partial',
      'pack-unmocked',
      'two-names',
    )('the mock of a package moves', (project) =>
      project.write({ '__mocks__/pack.js': null, 'src/__mocks__/pack.js': MOCK }),
    ),
  ],
};
