import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';

jest.setTimeout(180_000);

let project: Project;
afterEach(() => project.remove());

/** The name is made at run time: nobody finds it by reading the source. */
const READ =
  "JSON.parse(fs.readFileSync(path.join(__dirname, ['conf', 'json'].join('.')), 'utf8'))";
const HEAD = `const fs = require('fs');\nconst path = require('path');\n`;
const ENVIRONMENT = `${HEAD}const { TestEnvironment } = require('jest-environment-node');\n`;

const config = (options: string): Files => ({
  'jest.config.js': `module.exports = { transform: {}, ${options} };`,
});

/** What a Jest config names to run in Jest's own process, as files of its project. */
const TOOLS: Record<string, Files> = {
  'a test environment, as it is loaded': {
    ...config("testEnvironment: '<rootDir>/tool.js'"),
    'tool.js': `${ENVIRONMENT}const conf = ${READ};
module.exports = class extends TestEnvironment {
  async setup() { await super.setup(); this.global.CONF = conf.value; }
};\n`,
  },
  'a test environment, as it is first set up': {
    ...config("testEnvironment: '<rootDir>/tool.js'"),
    'tool.js': `${ENVIRONMENT}let conf;
module.exports = class extends TestEnvironment {
  async setup() { await super.setup(); conf ??= ${READ}; this.global.CONF = conf.value; }
};\n`,
  },
  'a test environment, as it is first made': {
    ...config("testEnvironment: '<rootDir>/tool.js'"),
    'tool.js': `${ENVIRONMENT}let conf;
module.exports = class extends TestEnvironment {
  constructor(...args) { super(...args); conf ??= ${READ}; this.global.CONF = conf.value; }
};\n`,
  },
  'a test runner': {
    ...config("testRunner: '<rootDir>/tool.js'"),
    'tool.js': `${HEAD}const conf = ${READ};
const circus = require('jest-circus/runner');
const run = circus.default ?? circus;
module.exports = (globalConfig, config, environment, ...rest) => {
  environment.global.CONF = conf.value;
  return run(globalConfig, config, environment, ...rest);
};\n`,
  },
  'a runner of test files': {
    ...config("runner: '<rootDir>/tool.js'"),
    'tool.js': `${HEAD}const conf = ${READ};
const Runner = require('jest-runner').default;
const withConf = (config) => ({ ...config, globals: { ...config.globals, CONF: conf.value } });
module.exports = class extends Runner {
  runTests(tests, ...rest) {
    const changed = tests.map((one) => ({ ...one, context: { ...one.context, config: withConf(one.context.config) } }));
    return super.runTests(changed, ...rest);
  }
};\n`,
  },
};

const TESTS = ['a', 'b', 'c'].map((name) => `${name}.test.js`);
const ALL = TESTS.map((file) => `./${file}`);

describe("what counts for every test file that Jest's own process reads in", () => {
  describe.each(['--maxWorkers=1', '--maxWorkers=2'])('%s', (workers) => {
    test.each(Object.entries(TOOLS))('%s', (_what, tool) => {
      project = new Project(
        {
          'conf.json': '{"value":1}',
          'other.json': '{}',
          ...Object.fromEntries(
            TESTS.map((file) => [file, "test('it', () => expect(CONF).toBe(1));\n"]),
          ),
          ...tool,
        },
        ['jest', 'jest-environment-node', 'jest-circus', 'jest-runner'],
      );
      const run = () => project.run([workers]);
      expect(run()).toMatchObject({ exitCode: 0, ran: ALL });
      project.write({ 'other.json': '{"changed":1}' });
      expect(run()).toMatchObject({ exitCode: 0, ran: [] });
      project.write({ 'conf.json': '{"value":2}' });
      expect(run()).toMatchObject({ exitCode: 1, failed: ALL });
    });
  });
});
