import { Project, type Files } from './harness';

let project: Project;
afterEach(() => project.remove());

/** A project that has jest-testmon and Jest 29 or 30 installed, with both environments of Jest. */
function install(files: Files, version: 'jest' | 'jest29' = 'jest'): void {
  const is29 = version === 'jest29';
  project = new Project(files, {
    jest: version,
    'jest-environment-jsdom': is29 ? 'jest-environment-jsdom29' : 'jest-environment-jsdom',
    'jest-environment-node': is29
      ? 'jest29/node_modules/jest-environment-node'
      : 'jest-environment-node',
  });
  project.install();
}

const run = (args: string[] = []) => project.run(args, { plain: true });

const config = (keys: string): Files => ({
  'jest.config.js': `module.exports = { transform: {}, globalSetup: 'jest-testmon/global-setup', ${keys} };\n`,
});

const WHERE = `test('where', () => { expect(typeof document + ' ' + location()).toBe(WANTED); });
function location() { return typeof window === 'undefined' ? 'none' : window.location.href; }\n`;
const inPage = (url: string) => WHERE.replace('WANTED', `'object ${url}'`);
const IN_NODE = WHERE.replace('WANTED', "'undefined none'");
const HOME = 'http://localhost/';

const NAMED: [keys: string, test: string][] = [
  ["testEnvironment: 'jest-testmon/environment'", IN_NODE],
  ["testEnvironment: 'jest-testmon/environment-node'", IN_NODE],
  ["testEnvironment: 'jest-testmon/environment-jsdom'", inPage(HOME)],
  [
    "testEnvironment: 'jest-testmon/environment-jsdom', testEnvironmentOptions: { url: 'https://example.org/' }",
    inPage('https://example.org/'),
  ],
  ...[
    "'jsdom'",
    "'jest-environment-jsdom'",
    "require.resolve('jest-environment-jsdom')",
    "'<rootDir>/own.js'",
    "'./own.js'",
  ].map((name): [string, string] => [
    `testEnvironment: 'jest-testmon/environment', testEnvironmentOptions: { testmon: { environment: ${name} } }`,
    inPage(HOME),
  ]),
  [
    "testEnvironment: 'jest-testmon/environment', testEnvironmentOptions: { testmon: { environment: 'node' } }",
    IN_NODE,
  ],
  // What a docblock says counts before the config.
  [
    "testEnvironment: 'jest-testmon/environment-jsdom'",
    `/** @jest-environment node */\n${IN_NODE}`,
  ],
  [
    "testEnvironment: 'jest-testmon/environment'",
    `/** @jest-environment jest-testmon/environment-jsdom */\n${inPage(HOME)}`,
  ],
  [
    "testEnvironment: 'jest-testmon/environment-jsdom'",
    `/** @jest-environment jest-testmon/environment-node */\n${IN_NODE}`,
  ],
  [
    "testEnvironment: 'jest-testmon/environment'",
    `/**\n * @jest-environment jest-testmon/environment\n * @jest-environment-options {"testmon": {"environment": "jsdom"}}\n */\n${inPage(HOME)}`,
  ],
];

/** One project for each way to name an environment, so that one run of Jest tries them all. */
function inFolders(named: [keys: string, text: string][]): Files {
  const files: Files = {
    'jest.config.js': `module.exports = { globalSetup: 'jest-testmon/global-setup', projects: ['<rootDir>/case*'] };\n`,
  };
  for (const [index, [keys, text]] of named.entries()) {
    files[`case${index}/jest.config.js`] = `module.exports = { transform: {}, ${keys} };\n`;
    files[`case${index}/own.js`] =
      "module.exports = require('jest-environment-jsdom').TestEnvironment;\n";
    files[`case${index}/no-class.js`] = 'module.exports = {};\n';
    files[`case${index}/where.test.js`] = text;
  }
  return files;
}

const given = (name: string): string =>
  `testEnvironment: 'jest-testmon/environment', testEnvironmentOptions: { testmon: { environment: ${name} } }`;

describe('the environment that a config names beside ours', () => {
  test('by a name of ours, by options, by a docblock', () => {
    install(inFolders(NAMED));
    const { exitCode, failed, passed } = run(['-w=1']);
    expect({ exitCode, failed, passed: passed.length }).toEqual({
      exitCode: 0,
      failed: [],
      passed: NAMED.length,
    });
  });

  test('in Jest 29', () => {
    install(inFolders(NAMED.slice(2, 5)), 'jest29');
    expect(run(['-w=1'])).toMatchObject({ exitCode: 0, failed: [] });
  });

  test('one that cannot be used: its test files fail, and one sentence says why', () => {
    install(
      inFolders([
        [given("'jest-environment-missing'"), IN_NODE],
        [given('7'), IN_NODE],
        [given("'./no-class.js'"), IN_NODE],
      ]),
    );
    const { exitCode, stderr, failed } = run(['-w=1']);
    expect({ exitCode, failed: failed.length }).toEqual({ exitCode: 1, failed: 3 });
    expect(stderr).toMatch(/jest-environment-missing.* cannot be found/);
    expect(stderr).toMatch(/must name a test environment, such as 'jsdom', not 7/);
    expect(stderr).toMatch(/no-class\.js is no test environment, as it exports no class/);
  });

  test('withTestmon and the command around such keys leave it in force', () => {
    install({
      'jest.config.js':
        "module.exports = require('jest-testmon').withTestmon({ transform: {}, testEnvironment: 'jest-testmon/environment-jsdom' });\n",
      'src/where.test.js': inPage(HOME),
    });
    expect(run()).toMatchObject({ exitCode: 0, passed: ['src/where.test.js'] });
    project.write(
      config(
        "testEnvironment: 'jest-testmon/environment', testEnvironmentOptions: { testmon: { environment: 'jsdom' } }",
      ),
    );
    // It is the same environment, so the record holds.
    expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
  });

  test('a version of the environment that a docblock names through ours', () => {
    install({
      ...config("testEnvironment: 'jest-testmon/environment'"),
      'src/where.test.js': `/** @jest-environment jest-testmon/environment-jsdom */\n${inPage(HOME)}`,
      'src/node.test.js': IN_NODE,
    });
    project.write({ 'node_modules/jest-environment-jsdom': null });
    project.write({
      'node_modules/jest-environment-jsdom/package.json':
        '{ "name": "jest-environment-jsdom", "version": "1.0.0" }\n',
      'node_modules/jest-environment-jsdom/index.js': `module.exports = require(${JSON.stringify(require.resolve('jest-environment-jsdom'))});\n`,
    });
    expect(project.run()).toMatchObject({
      exitCode: 0,
      ran: ['src/node.test.js', 'src/where.test.js'],
    });
    expect(project.run()).toMatchObject({ exitCode: 0, ran: [] });
    project.edit('node_modules/jest-environment-jsdom/package.json', '1.0.0', '1.0.1');
    expect(project.run()).toMatchObject({ exitCode: 0, ran: ['src/where.test.js'] });
  });
});
