import { selecting, type Family, type Files } from './scenario';

/** Names of files and variables are made at run time: nobody finds them by reading the source. */
const HEAD = `const fs = require('fs');
const path = require('path');
const named = (name) => path.join(__dirname, [name, 'json'].join('.'));
const read = (name) => fs.readFileSync(named(name), 'utf8');
const optional = (name) => { try { return require('./' + name); } catch {} };
const variable = (name) => process.env['TOOL_' + name];
const { TestEnvironment } = require('jest-environment-node');
`;

const FILES: Files = {
  'jest.config.js': `module.exports = {
  transform: {},
  testEnvironment: '<rootDir>/tools/environment.js',
  testRunner: '<rootDir>/tools/test-runner.js',
  runner: '<rootDir>/tools/runner.js',
};\n`,
  'tools/environment.js': `${HEAD}
const early = [fs.existsSync(named('environment-optional')), variable('AT_LOAD')];
early.push(optional('environment-module'));
let late;
module.exports = class extends TestEnvironment {
  handleTestEvent(event) { if (event.name === 'test_start') late ??= [read('environment-late'), optional('later-module')]; }
  async teardown() { await super.teardown(); await null; this.end = [read('environment-end'), variable('AT_END')]; }
};\n`,
  'tools/chosen.js': `${HEAD}
const early = [read('chosen'), fs.existsSync(named('chosen-optional'))];
let late;
module.exports = class extends TestEnvironment {
  constructor(...args) { super(...args); late ??= read('chosen-late'); }
  async teardown() {
    await super.teardown();
    optional('end-module');
    require('child_process').execFileSync(process.execPath, ['-e', 'require("fs").readFileSync(process.argv[1])', named('child-end')]);
  }
};\n`,
  'tools/test-runner.js': `${HEAD}
const circus = require('jest-circus/runner');
const run = circus.default ?? circus;
let late;
module.exports = async (...args) => {
  late ??= [read('runner-late'), fs.readdirSync(path.join(__dirname, 'list')), variable('LATER'), optional('runner-module')];
  return run(...args);
};\n`,
  'tools/runner.js': `${HEAD}
const Runner = require('jest-runner').default;
let late;
module.exports = class extends Runner {
  runTests(...args) {
    late ??= [read('files-late'), fs.existsSync(named('files-optional')), variable('IN_RUN'), optional('files-module'), require(named('files-required'))];
    return super.runTests(...args);
  }
};\n`,
  'tools/list/one.txt': '',
  'tools/nobodys.json': '1',
};

for (const name of [
  'environment-late',
  'environment-end',
  'child-end',
  'chosen',
  'chosen-late',
  'runner-late',
  'files-late',
  'files-required',
])
  FILES[`tools/${name}.json`] = '1';

const TEST = "test('it', () => {});\n";
const CHOSEN = '/** @jest-environment ./tools/chosen.js */\n';

const inEnvironment = selecting('./a.test.js', './b.test.js');
const inChosen = selecting('./c.test.js', './d.test.js');
const everywhere = selecting('./a.test.js', './b.test.js', './c.test.js', './d.test.js');
const nowhere = selecting();

const ENV = { TOOL_AT_LOAD: '1', TOOL_LATER: '1', TOOL_IN_RUN: '1', TOOL_AT_END: '1' };

/**
 * What tools that run in Jest's own process read. They keep it, so it counts for the test files that come later in the
 * process too.
 */
export const tools: Family = {
  name: 'test environments and test runners of the project',
  base: {
    packages: ['jest', 'jest-environment-node', 'jest-circus', 'jest-runner'],
    env: ENV,
    files: {
      ...FILES,
      'a.test.js': TEST,
      'b.test.js': TEST,
      'c.test.js': CHOSEN + TEST,
      'd.test.js': CHOSEN + TEST,
    },
  },
  scenarios: [
    nowhere('a file that no tool reads', (p) => p.write({ 'tools/nobodys.json': '2' })),
    {
      ...nowhere('a variable that no tool asks for', () => undefined),
      env: { ...ENV, TOOL_NOBODYS: '1' },
    },
    inEnvironment('a file that an environment looked for in vain as it was loaded', (p) =>
      p.write({ 'tools/environment-optional.json': '2' }),
    ),
    inEnvironment('a module that an environment required in vain as it was loaded', (p) =>
      p.write({ 'tools/environment-module.js': '' }),
    ),
    inEnvironment('a module that an environment required in vain as the first test started', (p) =>
      p.write({ 'tools/later-module.js': '' }),
    ),
    everywhere('a module that a test runner required in vain', (p) =>
      p.write({ 'tools/runner-module.js': '' }),
    ),
    everywhere('a module that a runner of test files required in vain', (p) =>
      p.write({ 'tools/files-module.js': '' }),
    ),
    everywhere('a JSON file that a runner of test files required in its first run', (p) =>
      p.write({ 'tools/files-required.json': '2' }),
    ),
    inEnvironment('a file that an environment reads as the first test starts', (p) =>
      p.write({ 'tools/environment-late.json': '2' }),
    ),
    {
      ...inEnvironment('a variable that an environment asks for as it is loaded', () => undefined),
      env: { ...ENV, TOOL_AT_LOAD: '2' },
    },
    inEnvironment('a file that an environment reads as it is torn down', (p) =>
      p.write({ 'tools/environment-end.json': '2' }),
    ),
    {
      ...inEnvironment(
        'a variable that an environment asks for as it is torn down',
        () => undefined,
      ),
      env: { ...ENV, TOOL_AT_END: '2' },
    },
    inChosen(
      'a module that the environment of a docblock required in vain as it was torn down',
      (p) => p.write({ 'tools/end-module.js': '' }),
    ),
    inChosen('a file that a child reads as the environment of a docblock is torn down', (p) =>
      p.write({ 'tools/child-end.json': '2' }),
    ),
    inChosen('a file that the environment of a docblock reads as it is loaded', (p) =>
      p.write({ 'tools/chosen.json': '2' }),
    ),
    inChosen('a file that the environment of a docblock looked for in vain', (p) =>
      p.write({ 'tools/chosen-optional.json': '2' }),
    ),
    inChosen('a file that the environment of a docblock reads as it is first made', (p) =>
      p.write({ 'tools/chosen-late.json': '2' }),
    ),
    everywhere('a file that a test runner reads in its first run', (p) =>
      p.write({ 'tools/runner-late.json': '2' }),
    ),
    everywhere('a file that a runner of test files reads in its first run', (p) =>
      p.write({ 'tools/files-late.json': '2' }),
    ),
    everywhere('a file that a runner of test files looked for in vain', (p) =>
      p.write({ 'tools/files-optional.json': '2' }),
    ),
    {
      ...everywhere('a variable that a runner of test files asks for', () => undefined),
      env: { ...ENV, TOOL_IN_RUN: '2' },
    },
    everywhere('a folder that a test runner lists in its first run', (p) =>
      p.write({ 'tools/list/two.txt': '' }),
    ),
    {
      ...everywhere('a variable that a test runner asks for in its first run', () => undefined),
      env: { ...ENV, TOOL_LATER: '2' },
    },
  ],
};

const OUTPUT = `const results = path.join(__dirname, '../results/out');\n`;

/** As those of Allure do: the environment writes a file for each test, and the reporter reads them in the end. */
export const toolOutputs: Family = {
  name: 'what tools of the project write',
  base: {
    packages: ['jest', 'jest-environment-node'],
    files: {
      'jest.config.js': `module.exports = {
  transform: {},
  testEnvironment: '<rootDir>/tools/environment.js',
  reporters: ['default', '<rootDir>/tools/reporter.js'],
};\n`,
      'tools/environment.js': `${HEAD}${OUTPUT}
const { randomUUID } = require('crypto');
module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    if (!fs.existsSync(results)) fs.mkdirSync(results, { recursive: true });
    fs.mkdirSync(results, { recursive: true });
    this.before = fs.readdirSync(results);
    this.cases = fs.readdirSync(path.join(__dirname, 'cases'));
  }
  async handleTestEvent(event) {
    if (event.name !== 'test_done') return;
    await fs.promises.mkdir(results, { recursive: true });
    fs.readdirSync(results);
    fs.writeFileSync(path.join(results, randomUUID() + '-result.json'), '{}');
  }
};\n`,
      'tools/reporter.js': `${HEAD}${OUTPUT}
module.exports = class {
  onRunComplete() {
    if (!fs.existsSync(results)) return;
    for (const name of fs.readdirSync(results)) fs.readFileSync(path.join(results, name));
  }
};\n`,
      'tools/cases/one.txt': '',
      'a.test.js': TEST,
      'b.test.js': TEST,
    },
  },
  isGrouped: false,
  scenarios: [
    nowhere('nothing', () => undefined),
    nowhere('they are deleted, as before each run', (p) => p.write({ results: null })),
    nowhere('those of another run are added', (p) => p.write({ 'results/out/x.json': '{}' })),
    selecting('./a.test.js', './b.test.js')('a folder that an environment lists', (p) =>
      p.write({ 'tools/cases/two.txt': '' }),
    ),
  ],
};
