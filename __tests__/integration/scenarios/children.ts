import { NO_TRANSFORM, testing, type Family, type Files, type Scenario } from './scenario';

const CALLS: Record<string, string> = {
  fork: "expect(await ended(require('child_process').fork(script))).toBe(0);",
  spawn: "expect(await ended(require('child_process').spawn(process.execPath, [script]))).toBe(0);",
  'spawn-sync':
    "expect(require('child_process').spawnSync(process.execPath, [script]).status).toBe(0);",
  'exec-sync':
    'expect(String(require(\'child_process\').execSync(`"${process.execPath}" "${script}"`))).toBe(\'\');',
  'exec-file':
    "expect(await new Promise((done) => require('child_process').execFile(process.execPath, [script], (error) => done(error)))).toBe(null);",
  evaluated:
    "expect(require('child_process').spawnSync(process.execPath, ['-e', `require(${JSON.stringify(script)})`], { env: {} }).status).toBe(0);",
  thread: "expect(await ended(new (require('worker_threads').Worker)(script))).toBe(0);",
  killed: `
const child = require('child_process').spawn(process.execPath, [script, 'wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
await new Promise((ready) => child.stdout.once('data', ready));
child.kill('SIGKILL');
expect(await new Promise((end) => child.once('exit', (_code, signal) => end(signal)))).toBe('SIGKILL');`,
};

const run = (name: string): string => `__tests__/${name}.test.js`;

/** What the scripts of some tests import changes, and no others. */
function imported(by: string, ...names: string[]): Scenario {
  return {
    name: `what the script of ${by} imports`,
    edit: (project) => {
      for (const name of names) project.edit(`scripts/lib/${name}.js`, '1', '2');
    },
    expectRan: names.map(run),
  };
}

/** Scripts that tests run outside their own process. */
export const children: Family = {
  name: 'child processes and worker threads',
  base: {
    files: {
      ...NO_TRANSFORM,
      ...Object.fromEntries(
        Object.entries(CALLS).flatMap(([name, body]): [keyof Files, string][] => [
          [
            `scripts/${name}.js`,
            `require('./lib/${name}');\nif (process.argv[2] === 'wait') {\n  console.log('ready');\n  setInterval(() => {}, 1000);\n}\n`,
          ],
          [`scripts/lib/${name}.js`, 'module.exports = 1;\n'],
          [
            run(name),
            `const script = require('path').join(__dirname, '../scripts/${name}.js');
const ended = (child) => new Promise((end) => child.once('exit', (code) => end(code)));
${testing(body)}`,
          ],
        ]),
      ),
      [run('nothing')]: testing('expect(1).toBe(1);'),
    },
  },
  scenarios: [
    {
      name: 'scripts that children and threads ran',
      edit: (project) => {
        for (const name of ['fork', 'spawn-sync', 'thread'])
          project.edit(`scripts/${name}.js`, "'wait'", "'waiting'");
      },
      expectRan: [run('fork'), run('spawn-sync'), run('thread')],
    },
    imported('an asynchronous child', 'fork', 'spawn', 'exec-file'),
    imported('a synchronous child', 'spawn-sync', 'exec-sync', 'evaluated'),
    imported('a worker thread, or a child that was killed', 'thread', 'killed'),
  ],
};
