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

describe('a temporary folder where others can swap what a run makes', () => {
  const asRoot = process.getuid?.() === 0 ? test : test.skip;

  asRoot.each<[string, (folder: string) => void]>([
    ['of another user', (folder) => fs.chownSync(folder, 65_534, 65_534)],
    ['of everybody, without a sticky bit', (folder) => fs.chmodSync(folder, 0o777)],
  ])('%s: one sentence, the tests run, and nothing is recorded', (_what, change) => {
    project = new Project(FILES);
    change(project.temporary);
    for (let run = 1; run <= 2; run += 1) {
      const { exitCode, passed, messages } = project.run();
      expect([exitCode, passed]).toEqual([0, ['./one.test.js']]);
      expect(messages.filter((line) => line.includes('TMPDIR'))).toEqual([
        expect.stringMatching(/so this run is not recorded; set TMPDIR to a folder of your own\.$/),
      ]);
    }
    expect(project.leftovers()).toEqual([]);
  });

  asRoot('of everybody, with a sticky bit, is as good as any', () => {
    project = new Project(FILES);
    fs.chmodSync(project.temporary, 0o1777);
    project.run();
    expect(project.run().messages).toEqual([expect.stringMatching(/^nothing affected/)]);
    expect(project.leftovers()).toEqual([]);
  });
});
