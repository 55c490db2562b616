import * as fs from 'node:fs';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Store, type Snapshot } from '../../src/store';
import { Project, type Files } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

function many(count: number): Files {
  const files: Files = {
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/shared.js':
      'exports.pick = (n) => (n % 2 ? odd() : even());\nfunction odd() { return 1; }\nfunction even() { return 0; }\n',
    'data.json': '{"base":1}',
  };
  for (let n = 0; n < count; n += 1) {
    files[`__tests__/t${n}.test.js`] = `
const { pick } = require('../src/shared');
const { base } = require('../data.json');
test('one', () => { expect(pick(${n})).toBe(${n % 2}); });
test('two', () => { expect(base).toBe(1); });
`;
  }
  return files;
}

function content(file: string): unknown {
  const store = Store.open(file, { readonly: true });
  try {
    return store.snapshot();
  } finally {
    store.close();
  }
}

test('eight workers on an environment that does not exist yet write nothing and trip over nothing', () => {
  project = new Project(many(24));
  const { exitCode, stderr, passed } = project.run(['--maxWorkers=8']);
  expect(exitCode).toBe(0);
  expect(passed).toHaveLength(24);
  expect(stderr).not.toMatch(/readonly database|database is locked/i);
  expect(project.leftovers()).toEqual([]);
  expect(fs.readdirSync(project.root).filter((name) => name.startsWith('.testmondata'))).toEqual([
    '.testmondata',
  ]);

  // Changed packages: another environment, created before any worker starts.
  project.write({ 'jest.config.js': 'module.exports = { transform: {}, testTimeout: 9000 };' });
  const changed = project.run(['--maxWorkers=8']);
  expect(changed).toMatchObject({ exitCode: 0 });
  expect(changed.passed).toHaveLength(24);
  expect(changed.stderr).not.toMatch(/readonly database|database is locked/i);
  // The old environment is still there.
  project.write({ 'jest.config.js': 'module.exports = { transform: {} };' });
  expect(project.run(['--maxWorkers=8']).ran).toEqual([]);
});

test('in band, any number of workers and worker threads leave the same records', () => {
  project = new Project(many(6));
  const contents = [
    ['--runInBand'],
    ['--maxWorkers=1'],
    ['--maxWorkers=2'],
    ['--maxWorkers=4'],
    ['--maxWorkers=3', '--workerThreads'],
  ].map((args) => {
    project.write({ '.testmondata': null });
    expect(project.run(args)).toMatchObject({ exitCode: 0 });
    return content(project.path('.testmondata'));
  });
  expect(JSON.stringify(contents[0])).toContain('__tests__/t5.test.js');
  for (const other of contents.slice(1)) expect(other).toEqual(contents[0]);
});

test('what Jest and a transformer do once in a process is no part of the record of the test file they do it in', () => {
  const files: Files = {
    'jest.config.js': "module.exports = { preset: 'ts-jest', setupFilesAfterEnv: ['./setup.ts'] };",
    'tsconfig.json':
      '{"compilerOptions":{"target":"es2022","module":"commonjs","strict":true,"types":["jest"],"skipLibCheck":true}}',
    // Jest uses this package too, and has read it by then.
    'setup.ts': "import 'pretty-format';\n",
    'src/sum.ts':
      "import { one } from './one';\nexport const sum = (n: number): number => n + one();\n",
    'src/one.ts': 'export const one = (): number => 1;\n',
  };
  for (const n of [1, 2, 3, 4]) {
    files[`__tests__/t${n}.test.ts`] = `import { sum } from '../src/sum';
test('sum', () => { console.error(new Error('shown').stack); expect(sum(${n})).toBe(${n + 1}); });
`;
  }
  project = new Project(files, ['jest', 'ts-jest', 'typescript', '@types/jest', 'pretty-format']);
  const contents = [1, 4].map((workers) => {
    project.write({ '.testmondata': null });
    expect(project.run([`--maxWorkers=${workers}`])).toMatchObject({ exitCode: 0 });
    return withoutVariables(content(project.path('.testmondata')) as Snapshot);
  });
  expect(contents[1]).toEqual(contents[0]);
  const [first] = contents[0]?.environments[0]?.testFiles[0]?.records ?? [];
  const names = [first?.shared, ...(first?.tests ?? [])]
    .flatMap((part) => part?.dependencies ?? [])
    .filter(({ kind }) => kind === 'package' || kind === 'file' || kind === 'present')
    .map(({ name }) => name.replace(/^.*node_modules\//, ''));
  expect([...new Set(names)].sort()).toEqual(['pretty-format/build/index.js']);
});

test('a database is as good on another machine: other times, another folder', () => {
  project = new Project(many(3));
  project.run();
  const other = new Project(many(3));
  try {
    fs.copyFileSync(project.path('.testmondata'), other.path('.testmondata'));
    expect(other.run().ran).toEqual([]);
  } finally {
    other.remove();
  }
});

test('the next run commits what a killed controller left', async () => {
  project = new Project({
    ...many(2),
    '__tests__/slow.test.js':
      "test('slow', () => new Promise((resolve) => setTimeout(resolve, 60_000)), 70_000);",
  });
  const { pid, done } = project.start(['--maxWorkers=2']);
  const journaled = () =>
    project.leftovers().some((folder) =>
      fs.readdirSync(`${project.temporary}/${folder}`, { recursive: true }).some((name) => {
        const file = `${project.temporary}/${folder}/${String(name)}`;
        return (
          /journal-.*\.jsonl$/.test(file) &&
          fs.readFileSync(file, 'utf8').match(/"type":"end"/g) !== null
        );
      }),
    );
  const ended = () =>
    project
      .leftovers()
      .flatMap((folder) =>
        fs.readdirSync(`${project.temporary}/${folder}`, { recursive: true }).map(String),
      ).length;
  while (!journaled() || ended() === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  process.kill(-pid, 'SIGKILL');
  await done;
  project.write({ '__tests__/slow.test.js': null });
  expect(project.run().ran).toEqual([]);
  expect(project.leftovers()).toEqual([]);
});

/**
 * A transformer asks for a variable once in a process and may keep the answer, so it counts for each output that is made
 * from then on: which these are differs from run to run.
 */
function withoutVariables(snapshot: Snapshot): Snapshot {
  return JSON.parse(JSON.stringify(snapshot), (key, value: unknown) => {
    if (key === 'hash') return undefined;
    const items: { kind?: unknown }[] | null = Array.isArray(value) ? value : null;
    return items?.filter((item) => item?.kind !== 'variable') ?? value;
  }) as Snapshot;
}
