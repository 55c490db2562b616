import * as fs from 'node:fs';
import { NO_TRANSFORM, selecting, testing, type Family, type Files } from './scenario';

const HEAD = `jest.setTimeout(60_000);
const childProcess = require('child_process');
const path = require('path');
const at = (name) => path.join(__dirname, '..', name);
const bin = at('bin/cli.js');
const options = { encoding: 'utf8' };
`;

/** A command-line library's tests, which start its command in every way that there is. */
const TESTS: Record<string, string> = {
  add: "expect(childProcess.execFileSync(process.execPath, [bin, 'add'], options)).toBeTruthy();",
  fail: "expect(childProcess.spawnSync('node', [bin, 'fail']).status).toBeGreaterThan(0);",
  shell: 'expect(childProcess.execSync(`node ${bin} add`, options)).toBeTruthy();',
  shebang: "expect(childProcess.execFileSync(bin, ['help'], options)).toBeTruthy();",
  nested: `
const start = "process.stdout.write(require('child_process').execFileSync(process.execPath, process.argv.slice(1)))";
expect(childProcess.execFileSync('node', ['-e', start, bin, 'add'], options)).toBeTruthy();`,
  forked: `
const child = childProcess.fork(bin, ['add'], { silent: true });
expect(await new Promise((end) => child.once('exit', end))).toBe(0);`,
  module:
    "expect(childProcess.execFileSync('node', [at('lib/module.mjs')], options)).toBeTruthy();",
  typed: "expect(childProcess.execFileSync('node', [at('esm/index.js')], options)).toBeTruthy();",
  killed: `
const child = childProcess.spawn('node', [at('lib/serve.js')], { stdio: ['ignore', 'pipe', 'ignore'] });
await new Promise((ready) => child.stdout.once('data', ready));
child.kill('SIGKILL');
await new Promise((end) => child.once('exit', end));`,
  thread: `
const { Worker } = require('worker_threads');
const thread = new Worker(at('lib/threaded.js'));
expect(await new Promise((end) => thread.once('exit', end))).toBe(0);`,
  // What is in these files counts by its text; of a program that is no Node, also what the file imports.
  text: "expect(childProcess.execFileSync('cat', [bin], options)).toBeTruthy();",
  'read-text': `
const read = "process.stdout.write(require('fs').readFileSync(process.argv[1]))";
expect(childProcess.execFileSync('node', ['-e', read, bin], options)).toBeTruthy();`,
  compiled:
    "expect(childProcess.execFileSync('node', ['-r', at('hook.js'), at('lib/compiled.js')], options)).toBeTruthy();",
  nothing: 'expect(1).toBe(1);',
};

const run = (...names: string[]): string[] => names.map((name) => `__tests__/${name}.test.js`);
const ADD = ['add', 'shell', 'nested', 'forked'];
const TEXT = ['text', 'read-text'];

/** What tests run in child processes counts by the blocks that ran. */
export const childBlocks: Family = {
  name: 'blocks that ran in child processes',
  base: {
    files: {
      ...NO_TRANSFORM,
      ...Object.fromEntries(
        Object.entries(TESTS).map(([name, body]): [keyof Files, string] => [
          `__tests__/${name}.test.js`,
          HEAD + testing(body),
        ]),
      ),
      'bin/cli.js': `#!/usr/bin/env node
// The command.
const { parse } = require('../lib/parse');
const [, , command] = process.argv;
switch (command) {
  case 'add':
    console.log('added', parse('1'));
    break;
  case 'fail':
    process.exit(3);
  default:
    console.log('help', require('../lib/data.json').text);
}
`,
      'lib/parse.js': `// Parses.
exports.parse = (text) => {
  return helper(text);
  function helper(given) {
    return given === '' ? fallback('empty') : Number(given);
  }
};
exports.unused = () => {
  return 'unused';
};
function fallback(reason) {
  return reason.length;
}
`,
      'lib/data.json': '{ "text": "data" }',
      'lib/module.mjs': `// A module.
import { used } from './imported.mjs';
console.log(used(), (await import('./later.mjs')).later());
`,
      'lib/imported.mjs':
        "export const used = () => {\n  return 'used';\n};\nexport const unused = () => {\n  return 'unused';\n};\n",
      'lib/later.mjs': "export const later = () => {\n  return 'later'; // later\n};\n",
      'esm/package.json': '{ "type": "module" }',
      'esm/index.js':
        "// A module by its package.\nexport const one = 1;\nif (one > 1) {\n  console.log('never');\n}\nconsole.log(one);\n",
      'lib/serve.js':
        "// Serves.\nconst { unused } = require('./served');\nconsole.log('ready', typeof unused);\nsetInterval(() => {}, 1000);\n",
      'lib/served.js': '// Served.\nexports.unused = () => {\n  return 1;\n};\n',
      'lib/threaded.js': '// In a thread.\nconst never = () => {\n  return 1;\n};\nvoid never;\n',
      'hook.js': `require('module')._extensions['.js'] = (module, file) => {
  const source = require('fs').readFileSync(file, 'utf8');
  module._compile('exports.comment = ' + JSON.stringify(source) + ';console.log(exports.comment)', file);
};
`,
      'lib/compiled.js': '// compiled\n',
    },
    prepare: (project) => fs.chmodSync(project.path('bin/cli.js'), 0o755),
  },
  scenarios: [
    selecting(...run(...TEXT))('comments, formatting and line breaks', (project) => {
      project.edit('bin/cli.js', '// The command.', '\n// The command line.\n');
      project.edit('bin/cli.js', 'const [, , command]', 'const [,,   command]');
      project.edit('lib/parse.js', '// Parses.', '/* It parses. */');
      project.edit('lib/module.mjs', '// A module.', '');
      project.edit('lib/later.mjs', '// later', '// sooner');
      project.edit('esm/index.js', '// A module by', '// One by');
      project.edit('lib/serve.js', '// Serves.', '');
      project.edit('lib/served.js', '// Served.', '');
      project.edit('lib/threaded.js', '// In a thread.', '');
    }),
    selecting(...run(...ADD, ...TEXT))('a case that some commands ran', (project) =>
      project.edit('bin/cli.js', "'added', ", "'added',0+"),
    ),
    selecting(...run('fail', ...TEXT))('the case before an exit', (project) =>
      project.edit('bin/cli.js', 'exit(3)', 'exit(4)'),
    ),
    selecting(...run(...ADD, 'text'))('a function declared after a return', (project) =>
      project.edit('lib/parse.js', 'Number(given)', '+given'),
    ),
    selecting('__tests__/text.test.js')('an arm and functions that nobody ran', (project) => {
      project.edit('lib/parse.js', "'unused'", "'Unused'");
      project.edit('lib/parse.js', "fallback('empty')", "fallback('nothing') + 1");
      project.edit('lib/parse.js', 'reason.length', 'reason.length + 1');
      project.edit('lib/imported.mjs', "'unused'", "'Unused'");
      project.edit('esm/index.js', "'never'", "'Never'");
    }),
    selecting(...run(...ADD, 'fail', 'shebang', 'text'))(
      'what the module does as it loads',
      (project) =>
        project.edit('lib/parse.js', 'exports.unused', 'exports.more = 1;\nexports.unused'),
    ),
    selecting(...run(...ADD, 'fail', 'shebang', ...TEXT))('the line that names Node', (project) =>
      project.edit('bin/cli.js', 'env node', 'env -S node'),
    ),
    selecting(...run('module'))('modules, imported and loaded later', (project) => {
      project.edit('lib/imported.mjs', "'used'", "'Used'");
    }),
    selecting(...run('module'))('a module that was loaded later', (project) => {
      project.edit('lib/later.mjs', "'later'", "'Later'");
    }),
    selecting(...run('typed'))('a module by its package', (project) =>
      project.edit('esm/index.js', 'one = 1', 'one = 0'),
    ),
    selecting(...run('shebang', 'text'))('data that a child loads', (project) =>
      project.edit('lib/data.json', '"data"', '"Data"'),
    ),
    selecting(...run('killed'))('what a child that was killed may have run', (project) =>
      project.edit('lib/served.js', 'return 1', 'return 2'),
    ),
    selecting(...run('thread'))('what a thread may have run', (project) =>
      project.edit('lib/threaded.js', 'return 1', 'return 2'),
    ),
    selecting(...run('compiled'))('a comment in a file that a hook turns into another', (project) =>
      project.edit('lib/compiled.js', '// compiled', '// COMPILED'),
    ),
    {
      name: 'a text that can no longer be read',
      edit: (project) =>
        project.edit('lib/imported.mjs', 'export const unused', 'export cons unused'),
      expectRan: run('module'),
      expectExit: 1,
    },
  ],
};
