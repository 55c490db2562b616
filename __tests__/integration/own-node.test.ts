import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

/** Counts the calls of all that Node's modules give, while code does one thing after the other. */
const SPIES = `
const fs = require('fs');
const shared = {
  fs, path: require('path'), os: require('os'), crypto: require('crypto'), url: require('url'), util: require('util'),
  zlib: require('zlib'), process, Buffer, performance,
};
const LEFT_OUT = /^process\\.(?:emit|on|nextTick|_|binding)|\\.[A-Z_]|^path\\.toNamespacedPath$|^Buffer\\.(?:isEncoding|allocUnsafeSlow)$/;
const counts = {};
test('counts', async () => {
  const spies = [];
  for (const [name, module] of Object.entries(shared))
    for (const [key, { value, writable }] of Object.entries(Object.getOwnPropertyDescriptors(module)))
      if (typeof value === 'function' && writable && !LEFT_OUT.test(name + '.' + key))
        spies.push([name + '.' + key, jest.spyOn(module, key)]);
  const count = (what, work) => {
    spies.forEach(([, spy]) => spy.mockClear());
    try { work(); } catch {}
    counts[what] = spies.filter(([, spy]) => spy.mock.calls.length > 0).map(([name, spy]) => name + ' ' + spy.mock.calls.length);
  };
  count('read', () => fs.readFileSync(__filename));
  count('read as text', () => fs.readFileSync(__filename, 'utf8'));
  count('stat', () => fs.statSync(__dirname));
  count('list', () => fs.readdirSync(__dirname));
  count('look', () => fs.existsSync('none'));
  count('miss', () => fs.readFileSync('none'));
  count('refuse', () => fs.readFileSync({}));
  count('follow', () => fs.realpathSync(__filename));
  count('write', () => fs.writeFileSync('written', 'x'));
  count('append', () => fs.appendFileSync('written', 'x'));
  count('copy', () => fs.copyFileSync('written', 'copied'));
  count('make', () => fs.mkdirSync('made/in', { recursive: true }));
  count('variables', () => ({ ...process.env }));
  count('text', () => String(count));
  spies.forEach(([, spy]) => spy.mockRestore());
  fs.writeFileSync(process.env.OUT, JSON.stringify(counts));
});
`;

/** Replaces what we call, and never puts it back. */
const MOCKS = `
const crypto = require('crypto');
const path = require('path');
const fs = require('fs');
const refuse = () => { throw new Error('mocked'); };
test('mocks', () => {
  const spy = jest.spyOn(crypto, 'createHash').mockImplementation(refuse);
  fs.readFileSync(__filename);
  fs.readdirSync(__dirname);
  expect(spy).not.toHaveBeenCalled();
  jest.spyOn(performance, 'now').mockImplementation(refuse);
  fs.writeFileSync('own', 'x');
  jest.spyOn(path, 'relative').mockImplementation(refuse);
  jest.spyOn(fs, 'appendFileSync').mockImplementation(refuse);
});
afterAll(() => jest.restoreAllMocks());
`;

describe('what tests do to the modules of Node', () => {
  test.each(['jest', 'jest29'])('spies count what they count without us, %s', (version) => {
    project = new Project(
      { 'jest.config.json': '{"transform":{}}', 'a.test.js': SPIES, 'b.test.js': MOCKS },
      { jest: version },
    );
    const counted = (plain: boolean): unknown => {
      const OUT = project.path('../counts.json');
      for (const name of ['written', 'copied', 'made']) project.write({ [name]: null });
      const { exitCode, stderr } = project.run(['-i'], { plain, env: { OUT } });
      expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('could not be recorded')]);
      return JSON.parse(project.read('../counts.json')) as unknown;
    };
    const bare = counted(true);
    expect(bare).toMatchObject({ stat: ['fs.statSync 1'], miss: expect.anything() });
    expect(counted(false)).toEqual(bare);
  });
});

/** Each test lets a function of Node fail, requires a module for the first time, and puts the function back. */
const REFUSED: Record<string, string> = {
  'crypto.createHash': "require('crypto')",
  'path.join': "require('path')",
  'path.resolve': "require('path')",
  'path.dirname': "require('path')",
  'fs.openSync': "require('fs')",
  'fs.writeFileSync': "require('fs')",
  'fs.mkdirSync': "require('fs')",
  'fs.renameSync': "require('fs')",
  'Buffer.from': 'Buffer',
  'performance.now': 'performance',
  'Date.now': 'Date',
  'JSON.stringify': 'JSON',
  'Map.prototype.get': 'Map.prototype',
};

describe('a function of Node that a test lets fail before it first requires a module', () => {
  test.each(['jest', 'jest29'])('fails as it does without us, %s', (version) => {
    const modules = Object.fromEntries(
      Object.keys(REFUSED).map((_, nth) => [`m${nth}.js`, 'module.exports = 1;']),
    );
    const tests = Object.entries(REFUSED).map(([name, holder], nth) => {
      const key = name.split('.').at(-1);
      return `test('${name}', () => {
  const holder = ${holder};
  const { ${key}: before } = holder;
  holder.${key} = () => { throw new Error('refused'); };
  try { require('./m${nth}'); } finally { holder.${key} = before; }
});\n`;
    });
    project = new Project(
      { 'jest.config.json': '{"transform":{}}', ...modules, 'a.test.js': tests.join('') },
      { jest: version },
    );
    const outcomes = (plain: boolean): string[] =>
      project.run(['-i', '--verbose'], { plain }).stderr.match(/[✓✕] \S+/g) ?? [];
    const bare = outcomes(true);
    expect(bare).toContain('✓ crypto.createHash');
    expect(outcomes(false)).toEqual(bare);
  });
});

describe('what has no content', () => {
  test('is never waited for, by a test that asks for its size nor by a later run', () => {
    project = new Project({
      'jest.config.json': '{"transform":{}}',
      'was-file': '1',
      'a.test.js': `
const fs = require('fs');
const { execFileSync, execSync } = require('child_process');
for (const name of ['pipe', 'to-pipe', 'zero', 'terminal', 'messages', 'was-file'])
  test(name, () => { fs.existsSync(name); fs.lstatSync(name); fs.statSync(name); });
test('a child', () => {
  execFileSync(process.execPath, ['-e', "require('fs').statSync('pipe')"]);
  execSync('ls pipe to-pipe zero');
});`,
      'b.test.js':
        "test('reads', () => { require('fs').readFileSync('was-file'); require('fs').statSync('zero'); });",
    });
    execFileSync('mkfifo', [project.path('pipe')]);
    fs.symlinkSync('pipe', project.path('to-pipe'));
    fs.symlinkSync('/dev/zero', project.path('zero'));
    fs.symlinkSync('/dev/tty', project.path('terminal'));
    // Says that it is a regular file, and waits for the kernel's next message.
    fs.symlinkSync('/proc/kmsg', project.path('messages'));
    expect(project.run(['-i']).passed).toEqual(['./a.test.js', './b.test.js']);
    expect(project.run(['-i']).ran).not.toContain('./b.test.js');

    fs.rmSync(project.path('was-file'));
    execFileSync('mkfifo', [project.path('was-file')]);
    for (const command of ['status', 'why b.test.js', 'report', '--listTests'])
      expect(project.run(command.split(' ')).exitCode).toBe(0);
    expect(project.run(['--listTests']).stdout).toContain('b.test.js');

    fs.rmSync(project.path('pipe'));
    project.write({ pipe: '' });
    expect(project.run(['why', 'a.test.js']).stdout).toContain('pipe');
  });
});

describe('the variables of a test', () => {
  test.each(['-i', '--maxWorkers=2'])('are those that it has without us, %s', (how) => {
    const TEST = `
const { execFileSync } = require('child_process');
const { Worker } = require('worker_threads');
const SHOW = 'process.stdout.write(JSON.stringify(Object.keys(process.env)))';
const ours = (text) => String(text).match(/TESTMON\\w*/g);
test('none of ours', async () => {
  const seen = [
    Object.keys(process.env), JSON.stringify(process.env), globalThis.inSetup, 'TESTMON_RUN_FILE' in process.env && 'TESTMON has',
    execFileSync(process.execPath, ['-e', SHOW]), execFileSync(process.execPath, ['-e', SHOW], { env: { ...process.env } }),
    await new Promise((done) => new Worker('require("worker_threads").parentPort.postMessage(Object.keys(process.env))', { eval: true }).on('message', done)),
  ];
  expect(seen.map(ours)).toEqual(seen.map(() => process.env.OWN_OPTION ? ['TESTMON_ENV'] : null).map((own, at) => at === 3 ? null : own));
}, 60_000);`;
    project = new Project({
      'jest.config.json': '{"transform":{},"setupFiles":["./setup.js"]}',
      'setup.js': 'globalThis.inSetup = Object.keys(process.env);',
      'a.test.js': TEST,
      'b.test.js': `/** @jest-environment node */${TEST}`,
    });
    expect(project.run([how, '--testmon-noselect', '--testmon-env', 'x'])).toMatchObject({
      exitCode: 0,
      ran: ['./a.test.js', './b.test.js'],
    });
    // What its user has set, it sees.
    const env = { TESTMON_ENV: 'mine', OWN_OPTION: '1' };
    expect(project.run([how, '--testmon-env', 'x'], { env })).toMatchObject({ exitCode: 0 });
  });
});
