import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { journaled } from '../../bench/faults/database';
import { groupGone, signal, sleep } from '../../bench/faults/processes';
import { ENTRY, Project, type Files } from '../integration/harness';

jest.setTimeout(120_000);

let project: Project;
afterEach(() => project.remove());

const CONFIG = `
  const { withTestmon } = require(${JSON.stringify(ENTRY)});
  module.exports = withTestmon(
    { transform: {}, reporters: ['default', '<rootDir>/killer.js'] },
    { ignoreVariables: ['BROKEN', 'KILLED'] },
  );
`;

/** Kills Jest's main process when every test file has come to its end, and nothing is committed yet. */
const KILLER = `
  module.exports = class {
    onRunComplete() {
      if (process.env.KILLED) process.kill(process.pid, 'SIGKILL');
    }
  };
`;

function make(files: Files): void {
  project = new Project({ 'jest.config.js': CONFIG, 'killer.js': KILLER, ...files }, [
    'jest',
    'jest-runner',
  ]);
}

/** Plain `jest`, as the config selects. */
const run = (env: NodeJS.ProcessEnv = {}) =>
  project.run(['--maxWorkers=2', '--ci'], { env, plain: true });

describe('a controller that died before its commit', () => {
  it('leaves what Jest had seen fail, though no worker knew of it', () => {
    make({
      '__tests__/crash.test.js':
        "test('lives', () => { if (process.env.BROKEN) process.kill(process.pid, 'SIGKILL'); });\n",
      '__tests__/plain.test.js': "test('is plain', () => {});\n",
      '__tests__/snapshot.test.js':
        "test('matches', () => { expect(1).toMatchSnapshot(); });\n" +
        "(process.env.BROKEN ? test.skip : test)('also', () => {});\n",
      '__tests__/__snapshots__/snapshot.test.js.snap':
        '// Jest Snapshot v1, https://jestjs.io/docs/snapshot-testing\n\nexports[`matches 1`] = `1`;\n',
    });
    expect(run().ran).toHaveLength(3);
    expect(run().ran).toEqual([]);
    // From here on a snapshot is left over, which the test itself does not notice.
    fs.appendFileSync(
      project.path('__tests__/__snapshots__/snapshot.test.js.snap'),
      '\nexports[`gone 1`] = `1`;\n',
    );
    project.edit('__tests__/crash.test.js', "'lives'", "'still lives'");
    project.edit('__tests__/plain.test.js', "'is plain'", "'is still plain'");
    expect(run({ BROKEN: '1', KILLED: '1' }).exitCode).toBeNull();
    // Back to what passed, and what passed meanwhile is kept.
    project.edit('__tests__/crash.test.js', "'still lives'", "'lives'");
    expect(run().ran).toEqual(['__tests__/crash.test.js', '__tests__/snapshot.test.js']);
  });
});

describe('what was read in the background', () => {
  const TWO = ['__tests__/first.test.js', '__tests__/second.test.js'];
  const SERVER = `
    const server = require('node:http').createServer((request, response) => {
      response.end(require('node:fs').readFileSync(require('node:path').join(__dirname, 'page.txt')));
    });
    exports.listen = (listening) => server.listen(0, '127.0.0.1', () => listening(server.address().port));
    exports.close = () => server.close();
  `;
  const ASKING = `
    test('asks', async () => {
      const text = await new Promise((resolve) => {
        require('node:http').get({ host: '127.0.0.1', port: process.env.SERVED_AT, agent: false }, (response) => {
          response.once('data', (part) => resolve(String(part)));
        });
      });
      expect(text).toContain('page');
    });
  `;
  const STARTING: Record<string, Files> = {
    'a server in the process of the global setup': {
      'setup.js': `
        module.exports = () => new Promise((resolve) => {
          require('./server').listen((port) => { process.env.SERVED_AT = String(port); resolve(); });
        });
      `,
      'teardown.js': "module.exports = () => require('./server').close();",
    },
    'a server in a process that the global setup started': {
      'setup.js': `
        module.exports = () => new Promise((resolve) => {
          const listen = "process.once('disconnect', process.exit); require('./server').listen((port) => process.send(port))";
          const options = { cwd: __dirname, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] };
          globalThis.fixtureChild = require('node:child_process').spawn(process.execPath, ['-e', listen], options);
          globalThis.fixtureChild.once('message', (port) => { process.env.SERVED_AT = String(port); resolve(); });
        });
      `,
      'teardown.js': 'module.exports = () => globalThis.fixtureChild.kill();',
    },
  };

  it.each(Object.keys(STARTING))('counts though the controller died: %s', (kind) => {
    make({
      ...STARTING[kind],
      'jest.config.js': CONFIG.replace(
        '{ transform: {},',
        "{ transform: {}, globalSetup: './setup.js', globalTeardown: './teardown.js',",
      ),
      'server.js': SERVER,
      'page.txt': 'a page\n',
      '__tests__/first.test.js': ASKING,
      '__tests__/second.test.js': ASKING,
    });
    expect(run({ KILLED: '1' })).toMatchObject({ exitCode: null, ran: TWO });
    expect(run().ran).toEqual([]);
    project.edit('page.txt', 'a page', 'another page');
    expect(run().ran).toEqual(TWO);
  });

  it('counts though the controller died: by a runner of the project', () => {
    make({
      'jest.config.js': CONFIG.replace(
        '{ transform: {},',
        "{ transform: {}, runner: './runner.js',",
      ),
      'runner.js': `
        const Runner = require('jest-runner').default;
        module.exports = class extends Runner {
          runTests(...given) {
            require('node:fs').readFileSync(__dirname + '/page.txt');
            return super.runTests(...given);
          }
        };
      `,
      'page.txt': 'a page\n',
      '__tests__/first.test.js': "test('one', () => {});\n",
      '__tests__/second.test.js': "test('two', () => {});\n",
    });
    expect(run({ KILLED: '1' })).toMatchObject({ exitCode: null, ran: TWO });
    expect(run().ran).toEqual([]);
    project.edit('page.txt', 'a page', 'another page');
    expect(run().ran).toEqual(TWO);
  });
});

describe('a test file that failed', () => {
  it.each(['dies', 'ends'])(
    'stays selected when an older run, in which it had passed, %s later',
    async (end) => {
      make({
        '__tests__/flaky.test.js':
          "test('passes', () => { expect(process.env.BROKEN).toBe(undefined); });\n",
        '__tests__/slow.test.js': `
          test('waits', async () => {
            while (!require('fs').existsSync(${JSON.stringify('GO')}))
              await new Promise((resolve) => setTimeout(resolve, 20));
          }, 100_000);
        `,
      });
      const go = path.join(project.temporary, 'go');
      project.edit('__tests__/slow.test.js', JSON.stringify('GO'), JSON.stringify(go));
      const flaky = '__tests__/flaky.test.js';
      const older = project.start(['--maxWorkers=2'], { plain: true });
      while (!journaled(project.temporary).includes(flaky)) await sleep(20);
      const newer = project.run(['--runInBand', flaky], { env: { BROKEN: '1' }, plain: true });
      expect(newer).toMatchObject({ exitCode: 1, failed: [flaky] });
      if (end === 'dies') signal(-older.pid, 'SIGKILL');
      else fs.writeFileSync(go, '');
      await older.done;
      await groupGone(older.pid);
      fs.writeFileSync(go, '');
      expect(run().ran).toContain(flaky);
      expect(run().ran).toEqual([]);
    },
  );
});
