import { NO_TRANSFORM, testing, type Family, type Files, type Project } from './scenario';

/** How tests run something that reads the file `file`, or runs the script `script` that does. */
const READERS: Record<string, string> = {
  child: "expect(childProcess.execFileSync(process.execPath, [script], options)).toBe('text');",
  asynchronous: `
const child = childProcess.spawn(process.execPath, [script]);
let text = '';
child.stdout.on('data', (data) => (text += data));
await new Promise((closed) => child.once('close', closed));
expect(text).toBe('text');`,
  'given-variables':
    "expect(childProcess.execFileSync(process.execPath, [script], { ...options, env: {} })).toBe('text');",
  grandchild: `
const start = "process.stdout.write(require('child_process').execFileSync(process.execPath, [process.argv[1]], { env: {} }))";
expect(childProcess.execFileSync(process.execPath, ['-e', start, script], options)).toBe('text');`,
  'shell-child':
    'expect(childProcess.execSync(`"${process.execPath}" "${script}"`, options)).toBe(\'text\');',
  'variables-file':
    "expect(childProcess.execFileSync(process.execPath, [`--env-file=${file}`, '-p', '`text`'], options)).toBe('text');",
  'loaded-variables':
    "expect(childProcess.execFileSync(process.execPath, ['-e', 'process.loadEnvFile(process.argv[1]); console.log(`text`)', file], options)).toBe('text');",
  exiting: `
const read = "require('fs').readFileSync(process.argv[1]); process.exit(3)";
expect(childProcess.spawnSync(process.execPath, ['-e', read, file]).status).toBe(3);`,
  module: `
const read = "import { readFile } from 'node:fs/promises'; process.stdout.write(await readFile(process.argv[1]));";
expect(childProcess.execFileSync(process.execPath, ['--input-type=module', '-e', read, file], options)).toBe('text');`,
  killed: `
const read = "require('fs').readFileSync(process.argv[1]); console.log('ready'); setInterval(() => {}, 1000)";
const child = childProcess.spawn(process.execPath, ['-e', read, file], { stdio: ['ignore', 'pipe', 'ignore'] });
await new Promise((ready) => child.stdout.once('data', ready));
await new Promise((later) => setTimeout(later, 300));
child.kill('SIGKILL');
expect(await new Promise((end) => child.once('exit', (_code, signal) => end(signal)))).toBe('SIGKILL');`,
  restored: `
fs.writeFileSync(file, 'text');
fs.rmSync(file + '.own', { force: true });
expect(childProcess.execFileSync(process.execPath, [script], options)).toBe('text');`,
  'changed-later': `
expect(childProcess.execFileSync(process.execPath, [script], options)).toBe('text');
fs.writeFileSync(file, 'text');`,
};

const THREAD_READERS: Record<string, string> = {
  thread: 'expect(await answer(new Worker(script))).toBe("text");',
  'thread-evaluated':
    'expect(await answer(new Worker(`require("worker_threads").parentPort.postMessage(require("fs").readFileSync(${JSON.stringify(file)}, "utf8"))`, { eval: true }))).toBe("text");',
  'thread-sharing-variables': `
const { SHARE_ENV } = require('worker_threads');
expect(await answer(new Worker(script, { env: SHARE_ENV, execArgv: [] }))).toBe('text');`,
  'thread-of-data': `
const source = \`import { parentPort, workerData } from 'node:worker_threads'; import fs from 'node:fs'; parentPort.postMessage(fs.readFileSync(workerData, 'utf8'))\`;
expect(await answer(new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)), { workerData: file }))).toBe('text');`,
  'thread-of-child': `
const start = "new (require('worker_threads').Worker)(process.argv[1]).once('message', (text) => process.stdout.write(text))";
expect(childProcess.execFileSync(process.execPath, ['-e', start, script], options)).toBe('text');`,
};

const PREAMBLE = (name: string): string => `
const childProcess = require('child_process');
const fs = require('fs');
const path = require('path');
const { Worker } = require('worker_threads');
const at = (name) => path.join(__dirname, '..', name);
const file = at('fixtures/${name}.txt');
const script = at('scripts/${name}.js');
const options = { encoding: 'utf8' };
const answer = (worker) => new Promise((done, failed) => worker.once('message', done).once('error', failed));
const evaluate = (code) => childProcess.execFileSync(process.execPath, ['-p', code], options).trim();
`;

const OTHERS: Record<string, string> = {
  absence:
    "expect(evaluate(`require('fs').existsSync(${JSON.stringify(at('wanted.txt'))})`)).toMatch(/true|false/);",
  listing:
    "expect(Number(evaluate(`require('fs').readdirSync(${JSON.stringify(at('listed'))}).length`))).toBeGreaterThan(0);",
  variable: "expect(evaluate('process.env.CHILD_FLAG ?? 0')).toMatch(/\\d/);",
  'variable-of-thread':
    'expect(await answer(new Worker("require(\\"worker_threads\\").parentPort.postMessage(process.env.THREAD_FLAG ?? 0)", { eval: true }))).toBeDefined();',
  'variable-of-shell':
    'expect(childProcess.execSync(\'echo "$CHILD_FLAG"\', options)).toMatch(/\\d?/);',
  'variables-handed-on': `
const start = "process.stdout.write(require('child_process').execFileSync(process.execPath, ['-p', '1']))";
expect(childProcess.execFileSync(process.execPath, ['-e', start], options)).toBe('1\\n');`,
  program:
    "expect(childProcess.execFileSync('cat', ['named.txt'], { ...options, cwd: at('fixtures') })).toBeTruthy();",
  'shell-script':
    "expect(childProcess.execFileSync('sh', [at('scripts/show.sh')], options)).toBeTruthy();",
  own: `
const code = "const fs = require('fs'); fs.writeFileSync(process.argv[1], String(Math.random())); console.log(fs.readFileSync(process.argv[1], 'utf8'))";
expect(childProcess.execFileSync(process.execPath, ['-e', code, at('made/own.txt')], options)).toBeTruthy();
expect(fs.readFileSync(at('made/own.txt'), 'utf8')).toBeTruthy();`,
};

const run = (name: string): string => `__tests__/${name}.test.js`;

function change(project: Project, names: Iterable<string>): void {
  for (const name of names) project.write({ [`fixtures/${name}.txt`]: 'text, changed' });
}

/** The tests that read, and what they fail by when it changes. */
function readers(bodies: Record<string, string>): Files {
  return Object.fromEntries(
    Object.entries(bodies).flatMap(([name, body]): [string, string][] => [
      [
        run(name),
        PREAMBLE(name) +
          testing(
            body
              .replaceAll("toBe('text')", "toMatch('text')")
              .replaceAll('toBe("text")', 'toMatch("text")'),
          ),
      ],
      [`fixtures/${name}.txt`, 'text'],
      [
        `scripts/${name}.js`,
        `const { isMainThread, parentPort } = require('worker_threads');
const text = require('fs').readFileSync(require('path').join(__dirname, '../fixtures/${name}.txt'), 'utf8');
if (isMainThread) process.stdout.write(text);
else parentPort.postMessage(text);
`,
      ],
    ]),
  );
}

const OF_CHILDREN = Object.keys(READERS).filter((name) => name !== 'restored');

/** What tests see through child processes and worker threads. */
export const childInputs: Family = {
  name: 'what children and threads look at',
  base: {
    files: {
      ...NO_TRANSFORM,
      ...readers(READERS),
      ...readers(THREAD_READERS),
      ...Object.fromEntries(
        Object.entries(OTHERS).map(([name, body]) => [run(name), PREAMBLE(name) + testing(body)]),
      ),
      'fixtures/named.txt': 'text',
      'fixtures/shown.txt': 'text',
      'scripts/show.sh':
        'cat "$(dirname "$0")"/../fixtures/shown.txt ../fixtures/shown.txt 2>/dev/null || true\n',
      'listed/one.txt': '',
      'made/.gitkeep': '',
    },
    env: { CHILD_FLAG: '1', THREAD_FLAG: '1' },
  },
  scenarios: [
    {
      name: 'a file that a child reads',
      edit: (project) => change(project, OF_CHILDREN),
      expectRan: OF_CHILDREN.map(run),
    },
    {
      name: 'a file that a thread reads',
      edit: (project) => change(project, Object.keys(THREAD_READERS)),
      expectRan: Object.keys(THREAD_READERS).map(run),
    },
    {
      name: 'what a child looks for in vain, and the folder that it lists',
      edit: (project) => project.write({ 'wanted.txt': '', 'listed/two.txt': '' }),
      expectRan: [run('absence'), run('listing')],
    },
    {
      name: 'variables that children and threads ask for',
      edit: () => undefined,
      env: { CHILD_FLAG: '2', THREAD_FLAG: '2' },
      expectRan: [run('variable'), run('variable-of-shell'), run('variable-of-thread')],
    },
    {
      name: 'files that are named to a program, or by a shell script',
      edit: (project) => change(project, ['named', 'shown']),
      expectRan: [run('program'), run('shell-script')],
    },
    {
      name: 'files that are written before they are read',
      edit: (project) => {
        change(project, ['restored']);
        project.write({ 'made/own.txt': 'by another hand' });
      },
      expectRan: [],
    },
  ],
};
