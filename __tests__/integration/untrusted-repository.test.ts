import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Project } from './harness';

jest.setTimeout(120_000);

/** A planted program: it leaves a mark, and says what a filter would say. */
const PROGRAM = `#!/bin/sh
echo "$*" >> "$(dirname "$0")/ran"
cat
`;

let project: Project;
let program: string;
beforeEach(() => {
  project = new Project({
    '.gitignore': 'node_modules\n',
    '.gitattributes': '*.dat filter=planted diff=planted\n',
    'jest.config.js': 'module.exports = { transform: {} };',
    'data.dat': 'before\n',
    'one.test.js': `
const text = require('fs').readFileSync(require('path').join(__dirname, 'data.dat'), 'utf8');
test('one', () => expect(text).toBe('before\\n'));\n`,
  });
  program = path.join(path.dirname(project.root), 'program.sh');
  fs.writeFileSync(program, PROGRAM, { mode: 0o755 });
  git('init', '-q');
  git('add', '-A');
  git('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qm', 'all');
});
afterEach(() => project.remove());

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: project.root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

function set(settings: Record<string, string>): void {
  for (const [name, value] of Object.entries(settings)) git('config', name, value);
}

/** What the planted program was called with. */
function calls(): string[] {
  const file = path.join(path.dirname(project.root), 'ran');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

/** The run, and the commands that ask git by themselves. */
function runAll(): void {
  for (const args of [[], ['status'], ['doctor'], ['init']]) project.run(args);
}

describe('programs that the settings of a repository name are never run', () => {
  test('a monitor of the file system, hooks, filters, and programs that show differences', () => {
    set({
      'core.fsmonitor': program,
      'filter.planted.clean': program,
      'filter.planted.smudge': program,
      'diff.external': program,
      'diff.planted.textconv': program,
      'core.pager': program,
      'pager.ls-files': program,
      'core.hooksPath': path.dirname(program),
      'alias.check-ignore': `!${program}`,
    });
    // Of equal size: only its content tells whether it changed.
    project.write({ 'data.dat': 'BEFORE\n' });
    runAll();
    expect(calls()).toEqual([]);
  });
});
