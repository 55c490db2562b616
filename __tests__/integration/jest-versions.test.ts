import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Project, type Files } from './harness';

jest.setTimeout(300_000);

let project: Project;
afterEach(() => project.remove());

/** A project of two, with Jest's command line of a version; the rest of Jest is of 29.7, as npm installs it. */
const FILES: Files = {};
for (const name of ['A', 'B']) {
  FILES[`pkg${name}/jest.config.js`] =
    `module.exports = { displayName: '${name}', transform: {} };\n`;
  FILES[`pkg${name}/x.test.js`] = "test('x', () => undefined);\n";
}
const BOTH = ['A pkgA/x.test.js', 'B pkgB/x.test.js'];
const PROJECTS = ['--projects', 'pkgA', 'pkgB'];

function listed(args: readonly string[]): number {
  return project.run(['--listTests', ...args]).stdout.match(/x\.test\.js$/gm)?.length ?? 0;
}

describe.each([
  ['29.0', { 'jest-cli': 'jest-cli29.0' }],
  ['29.4', { 'jest-cli': 'jest-cli29.4' }],
  ['29.7', { jest: 'jest29' }],
  ['30', { jest: 'jest' }],
])('the command line of Jest %s', (_, packages: Record<string, string>) => {
  test('an option takes its own values and no others', () => {
    project = new Project(FILES, packages);
    for (const args of [
      ['-i', ...PROJECTS],
      ['--run-in-band', ...PROJECTS],
      [...PROJECTS, '--selectProjects', 'A', 'B'],
      [...PROJECTS, '--ci', 'x.test'],
    ])
      expect([args, listed(args)]).toEqual([args, 2]);
    expect(listed([...PROJECTS, '--selectProjects', 'B'])).toBe(1);

    expect(project.run(['-i', ...PROJECTS])).toMatchObject({ exitCode: 0, ran: BOTH });
    // What is false is as if it had not been given, and what is given names what to run.
    for (const off of [
      ['--coverage=false'],
      ['--no-coverage'],
      ['-u=false'],
      ['--coverage', 'false'],
    ])
      expect([off, listed([...off, ...PROJECTS])]).toEqual([off, 0]);
    expect(listed(['--coverage', ...PROJECTS])).toBe(2);
  });

  test('a command that runs no tests is not told that its tests keep Jest from ending', () => {
    project = new Project({ ...FILES, 'slow.js': 'setTimeout(() => {}, 4000);\n' }, packages);
    const slow = { NODE_OPTIONS: `--require ${project.path('slow.js')}` };
    const { exitCode, stdout, stderr } = project.run(['status', ...PROJECTS], { env: slow });
    expect(stdout).toContain('the next run takes all 2 test files');
    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toContain('did not exit');
  });
});

test('a Jest that keeps its options elsewhere runs as it is, and that is said once', () => {
  project = new Project(FILES, []);
  const original = path.resolve(__dirname, '../../node_modules/jest-cli29.4');
  const cli = project.path('node_modules/jest-cli');
  for (const name of ['build', 'bin', 'package.json'])
    fs.cpSync(path.join(original, name), path.join(cli, name), { recursive: true });
  const nested = path.join(original, 'node_modules');
  fs.symlinkSync(nested, path.join(cli, 'node_modules'), 'dir');
  const { dependencies } = JSON.parse(project.read('node_modules/jest-cli/package.json')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies))
    if (!fs.existsSync(path.join(nested, name))) project.link(name, name);
  fs.renameSync(path.join(cli, 'build/args.js'), path.join(cli, 'build/elsewhere.js'));
  project.edit('node_modules/jest-cli/build/run.js', './args', './elsewhere');
  expect(project.run(['-i', ...PROJECTS])).toMatchObject({
    exitCode: 0,
    ran: BOTH,
    messages: [expect.stringMatching(/does not tell jest-testmon its options, so everything runs/)],
  });
  expect(listed([...PROJECTS, '--selectProjects', 'A', 'B'])).toBe(2);
  expect(fs.existsSync(project.path('.testmondata'))).toBe(false);
});
