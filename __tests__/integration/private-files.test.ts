import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { sql } from '../store/helpers';
import { Project } from './harness';

jest.setTimeout(300_000);

const onPosix = process.platform === 'win32' ? test.skip : test;

let project: Project;
afterEach(() => project.remove());

const FILES = {
  'jest.config.js': 'module.exports = { transform: {} };',
  'one.test.js': "test('one', () => expect(process.env.PIN).not.toBe(''));\n",
};

function modeOf(file: string): string {
  return (fs.statSync(file).mode & 0o777).toString(8);
}

function databases(): string[] {
  return fs.readdirSync(project.root).filter((name) => name.startsWith('.testmondata'));
}

describe('nobody else reads what is recorded', () => {
  onPosix('a new database, a merged one, and one that was moved aside', () => {
    project = new Project(FILES);
    const before = process.umask(0o022);
    try {
      project.run();
      project.run(['merge', '--into', 'all.db', '.testmondata']);
      expect([modeOf(project.path('.testmondata')), modeOf(project.path('all.db'))]).toEqual([
        '600',
        '600',
      ]);
      fs.chmodSync(project.path('.testmondata'), 0o644);
      sql(project.path('.testmondata'), (db) =>
        db.exec('ALTER TABLE note ADD COLUMN more ANY AS (zeroblob(1000000000))'),
      );
      const { exitCode, passed, messages } = project.run();
      expect([exitCode, passed]).toEqual([0, ['./one.test.js']]);
      expect(messages[0]).toMatch(/it was moved to .*, and everything runs to record anew\.$/);
      expect(databases().length).toBe(2);
      expect(databases().map((name) => modeOf(path.join(project.root, name)))).toEqual([
        '600',
        '600',
      ]);
    } finally {
      process.umask(before);
    }
  });
});
