import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(300_000);

const INSPECTION = path.resolve(__dirname, '../../dist/inspection');

/** What a look at the project finds, in a process of its own. */
interface Look {
  output: string;
  problem: string | null;
  positionals: string[];
  recorded: string[];
  /** Path and verdict of each test file. */
  verdicts: Record<string, string>;
}

const SCRIPT = `
const { openInspection } = require(${JSON.stringify(INSPECTION)});
openInspection(process.argv.slice(2)).then((inspection) => {
  const { problem, positionals, projects, tests } = inspection;
  process.send({
    problem: problem && problem.reason,
    positionals,
    recorded: projects.map(({ key, recorded }) => key.project + ' ' + recorded),
    verdicts: Object.fromEntries(tests.map(({ path, decision }) => [path, decision.affected ? decision.reason : 'unaffected'])),
  });
  inspection.close();
});
`;

/** As a file: what `node -e` is given counts as an option of Node, and so for another environment. */
function script(): string {
  const file = path.join(path.dirname(recorded.root), 'look.js');
  fs.writeFileSync(file, SCRIPT);
  return file;
}

async function look(project: Project, args: readonly string[] = []): Promise<Look> {
  const child = spawn(process.execPath, [script(), ...args], {
    cwd: project.root,
    env: { ...process.env, TMPDIR: project.temporary, NODE_ENV: 'test', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  let sent: Omit<Look, 'output'> | null = null;
  child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (output += data.toString()));
  child.on('message', (message) => (sent = message as Omit<Look, 'output'>));
  await new Promise((resolve) => child.on('close', resolve));
  if (sent === null) throw new Error(`nothing was found:\n${output}`);
  return { ...(sent as Omit<Look, 'output'>), output };
}

let recorded: Project;

beforeAll(() => {
  recorded = new Project({
    'jest.config.json': '{"transform":{}}',
    'src/one.js': "exports.one = () => 'one';\n",
    'src/two.js': "exports.two = () => 'two';\n",
    '__tests__/one.test.js':
      "test('one', () => { expect(require('../src/one').one()).toBe('one'); });\n",
    '__tests__/two.test.js':
      "test('two', () => { expect(require('../src/two').two()).toBe('two'); });\n",
  });
  expect(recorded.run().exitCode).toBe(0);
});
afterAll(() => recorded.remove());

const ONE = '__tests__/one.test.js';
const TWO = '__tests__/two.test.js';
const hashOf = (file: string): string =>
  createHash('sha1').update(fs.readFileSync(file)).digest('hex');

test.each(['jest', 'jest29'])(
  '%s: judges as a run would, and neither runs nor writes',
  async (jestName) => {
    const project = recorded.fresh();
    if (jestName !== 'jest') {
      fs.rmSync(project.path('node_modules/jest'));
      project.link('jest', jestName);
      expect(project.run().ran).toEqual([ONE, TWO]);
    }
    project.edit('src/one.js', "'one'", "'o' + 'ne'");
    const before = hashOf(project.path('.testmondata'));
    const found = await look(project, ['--rootDir', '.', 'one', 'x:3']);
    expect(found).toEqual({
      output: '',
      problem: null,
      positionals: ['one', 'x:3'],
      recorded: ['. yes'],
      verdicts: { [ONE]: 'changed', [TWO]: 'unaffected' },
    });
    expect(hashOf(project.path('.testmondata'))).toBe(before);
    expect(project.leftovers()).toEqual([]);
    expect(project.run().ran).toEqual([ONE]);
  },
);

test('everything is new without a database, and none is made', async () => {
  const project = recorded.fresh();
  for (const content of [null, '']) {
    project.write({ '.testmondata': content });
    expect(await look(project)).toMatchObject({
      problem: null,
      recorded: ['. no'],
      verdicts: { [ONE]: 'new', [TWO]: 'new' },
    });
  }
  project.write({ '.testmondata': null });
  await look(project);
  expect(fs.existsSync(project.path('.testmondata'))).toBe(false);
});

test('a changed config is another environment', async () => {
  const project = recorded.fresh();
  project.write({ 'jest.config.json': '{"transform":{},"testTimeout":9000}' });
  expect(await look(project)).toMatchObject({
    recorded: ['. other'],
    verdicts: { [ONE]: 'new', [TWO]: 'new' },
  });
});

const DAMAGES: Record<string, (bytes: Buffer) => Buffer> = {
  'cut short': (bytes) => bytes.subarray(0, 5000),
  'overwritten in its middle': (bytes) => Buffer.from(bytes).fill(0x5a, 4096, bytes.length - 100),
};

test.each(Object.keys(DAMAGES))('a database %s stays where it is', async (name) => {
  const project = recorded.fresh();
  const file = project.path('.testmondata');
  fs.writeFileSync(file, DAMAGES[name]?.(fs.readFileSync(file)) ?? '');
  const before = hashOf(file);
  expect(await look(project)).toMatchObject({
    output: '',
    problem: 'damaged',
    recorded: ['. no'],
    verdicts: { [ONE]: 'new', [TWO]: 'new' },
  });
  expect(hashOf(file)).toBe(before);
  expect(fs.readdirSync(project.root).filter((entry) => entry.includes('damaged'))).toEqual([]);
});

test('there is nothing to look at where testmon is switched off', () => {
  const { status, stderr } = spawnSync(process.execPath, [script()], {
    cwd: recorded.fresh().root,
    env: { ...process.env, TESTMON: '0' },
    encoding: 'utf8',
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain('it is switched off for this project');
});
