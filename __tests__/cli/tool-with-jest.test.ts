import * as fs from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Project, removeProjects } from './support/project';

afterAll(removeProjects);

/** Stands for the tool: prints its arguments. */
const TOOL = `#!/usr/bin/env node
console.log(JSON.stringify([require('path').basename(process.argv[1]), ...process.argv.slice(2)]));
process.exitCode = 7;
`;

const MESSAGE =
  /^testmon: (\S+) runs the tests of this project with Jest 27\.5\.1 and a config of its own, so everything runs and nothing is recorded; jest-testmon needs .*\n$/;

function projectOf(script: string, files: Record<string, unknown> = {}): Project {
  const subject = new Project({
    'package.json': { scripts: { test: script } },
    'a.test.js': "test('one', () => {});\n",
    ...files,
  });
  for (const name of ['react-scripts', 'craco', 'react-app-rewired']) {
    subject.write(`node_modules/.bin/${name}`, TOOL);
    fs.chmodSync(subject.path(`node_modules/.bin/${name}`), 0o755);
  }
  subject.write('node_modules/react-scripts/package.json', '{ "name": "react-scripts" }');
  subject.write(
    'node_modules/react-scripts/node_modules/jest/package.json',
    '{ "name": "jest", "version": "27.5.1" }',
  );
  subject.write('src/sub/note.txt', '');
  return subject;
}

describe('a tool that runs the tests with a Jest and a config of its own', () => {
  test.each([
    ['react-scripts test', 'react-scripts', []],
    ['react-scripts test --env=jsdom', 'react-scripts', ['--env=jsdom']],
    ['MODE=a craco test --verbose', 'craco', ['--verbose']],
    ['echo; node_modules/.bin/react-app-rewired --inspect test', 'react-app-rewired', []],
  ])('is what runs, with one sentence: %s', (script, name, given) => {
    const subject = projectOf(script);
    const args = ['--testmon-env', 'a', '-t', "it's one", 'src'];
    for (const cwd of ['.', 'src/sub']) {
      const { status, stdout, stderr } = subject.testmon(args, { cwd });
      expect(MESSAGE.exec(stderr)?.[1]).toBe(name);
      const line = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as string[];
      const before = name === 'react-app-rewired' ? ['--inspect', 'test'] : ['test', ...given];
      expect(line).toEqual([name, ...before, '-t', "it's one", 'src', '--watchAll=false']);
      expect(status).toBe(7);
    }
    expect(subject.testmon(['--watch']).stdout).toContain('"--watch"]');
    const off = subject.testmon(['--no-testmon']);
    expect([off.status, off.stderr]).toEqual([7, '']);
  });

  test('is named by every command', () => {
    const subject = projectOf('react-scripts test');
    for (const command of [['why', 'a'], ['status'], ['init', '--yes']]) {
      const { status, stderr } = subject.testmon(command);
      expect(stderr).toMatch(MESSAGE);
      expect(status).not.toBe(0);
    }
    expect(fs.existsSync(subject.path('jest.config.js'))).toBe(false);
    expect(subject.testmon(['doctor']).stdout).toMatch(
      /error +Jest: react-scripts runs .*\n +fix:/,
    );
  });

  test.each([
    ['the project has a config', 'react-scripts test', { 'jest.config.js': '' }, []],
    ['the command line names one', 'react-scripts test', { 'own.json': '{}' }, ['-c', 'own.json']],
    ['the tests are run otherwise', 'react-scripts build && jest test', {}, []],
    ['the script starts jest-testmon', 'jest-testmon && react-scripts test', {}, []],
    ['there is no script', '', {}, []],
  ])('is left aside where %s', (_, script, files, args) => {
    const { status, stderr } = projectOf(script, files).testmon(args);
    expect(stderr).toContain('Tests:       1 passed, 1 total');
    expect(status).toBe(0);
  });
});
