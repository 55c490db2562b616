import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';

jest.setTimeout(300_000);

/** Enough for git to be asked. */
const MODULES = 1_100;

let project: Project;
afterEach(() => project.remove());

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@t'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], {
    cwd: project.root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

test('where git answers for many files, every change is seen, and a fresh checkout runs nothing', () => {
  const files: Files = {
    '.gitignore': 'node_modules\n.testmondata\nignored.js\n',
    'jest.config.json': '{ "transform": {} }',
    'ignored.js': 'exports.ignored = () => 1;\n',
    'untracked.js': 'exports.untracked = () => 1;\n',
    '__tests__/b.test.js': "test('b', () => { require('../ignored').ignored(); });\n",
    '__tests__/c.test.js': "test('c', () => { require('../untracked').untracked(); });\n",
  };
  for (let index = 0; index < MODULES; index += 1)
    files[`src/module${index}.js`] = `exports.f = () => ${index};\n`;
  files['__tests__/a.test.js'] =
    `test('a', () => { for (let index = 0; index < ${MODULES}; index += 1) require('../src/module' + index).f(); });\n`;
  project = new Project(files);
  git('init', '-q');
  git('add', '-A', ':!untracked.js');
  git('commit', '-qm', 'all');
  expect(project.run().ran).toEqual([
    '__tests__/a.test.js',
    '__tests__/b.test.js',
    '__tests__/c.test.js',
  ]);
  expect(project.run().ran).toEqual([]);

  const edit = (name: string) => project.edit(name, '=> ', '=> 1 + ');
  edit('src/module700.js');
  expect(project.run(['--listTests']).ran).toEqual([]);
  expect(project.run().ran).toEqual(['__tests__/a.test.js']);
  git('add', '-A', ':!untracked.js');
  edit('src/module700.js');
  expect(project.run().ran).toEqual(['__tests__/a.test.js']);
  edit('ignored.js');
  expect(project.run().ran).toEqual(['__tests__/b.test.js']);
  edit('untracked.js');
  expect(project.run().ran).toEqual(['__tests__/c.test.js']);
  git('update-index', '--assume-unchanged', 'src/module3.js');
  edit('src/module3.js');
  expect(project.run().ran).toEqual(['__tests__/a.test.js']);
  git('update-index', '--no-assume-unchanged', 'src/module3.js');

  // Other times and inodes; the first state of all.
  git('reset', '-q', '--hard');
  fs.rmSync(project.path('src'), { recursive: true });
  git('checkout', '-q', '.');
  expect(project.run().ran).toEqual([]);
  fs.rmSync(project.path('.git'), { recursive: true });
  expect(project.run().ran).toEqual([]);
  project.write({ 'src/module9.js': null });
  expect(project.run()).toMatchObject({
    ran: ['__tests__/a.test.js'],
    failed: ['__tests__/a.test.js'],
  });
});
