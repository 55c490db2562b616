import * as fs from 'node:fs';
import { NO_TRANSFORM, testing, type Family, type Files } from './scenario';

const HEAD = `const fs = require('fs');
const path = require('path');
const at = (...names) => path.join(__dirname, '../fixtures', ...names);
const temporary = () => fs.mkdtempSync(path.join(require('os').tmpdir(), 'own-'));
`;

/** Tests that change the file system and then look at what was there before them. */
const TESTS: Record<string, string> = {
  'folder-kept':
    "fs.mkdirSync(at('kept'), { recursive: true }); expect(fs.readFileSync(at('kept/a.txt'), 'utf8')).toBeTruthy();",
  'folder-made': `
fs.mkdirSync(at('made/below'), { recursive: true });
fs.writeFileSync(at('made/below/own.txt'), 'own');
expect(fs.readdirSync(at('made')).length).toBeGreaterThan(0);
fs.rmSync(at('made'), { recursive: true });`,
  'listed-with-own': `
fs.writeFileSync(at('listed/own.txt'), 'own');
fs.renameSync(at('listed/first.txt'), at('listed/moved.txt'));
fs.mkdirSync(at('listed/folder'));
const names = fs.readdirSync(at('listed'));
fs.rmSync(at('listed/own.txt'));
fs.renameSync(at('listed/moved.txt'), at('listed/first.txt'));
fs.rmdirSync(at('listed/folder'));
expect(names).toContain('own.txt');`,
  'listed-and-left': `
fs.writeFileSync(at('left/own.txt'), 'own');
expect(fs.readdirSync(at('left'))).toContain('own.txt');`,
  'folder-copied': `
const folder = temporary();
fs.cpSync(at('tree'), folder, { recursive: true });
expect(fs.readFileSync(path.join(folder, 'below/b.txt'), 'utf8')).toBeTruthy();`,
  'copied-later': `
const folder = temporary();
await fs.promises.cp(at('tree'), path.join(folder, 'copy'), { recursive: true });
expect(fs.readFileSync(path.join(folder, 'copy/below/b.txt'), 'utf8')).toBeTruthy();`,
  appended: `
const before = fs.readFileSync(at('log.txt'), 'utf8').length;
fs.appendFileSync(at('log.txt'), 'more');
expect(fs.readFileSync(at('log.txt'), 'utf8')).toContain('more');
fs.truncateSync(at('log.txt'), before);`,
  'appended-first': `
fs.appendFileSync(at('first.txt'), 'more');
expect(fs.readFileSync(at('first.txt'), 'utf8')).toContain('more');
fs.truncateSync(at('first.txt'), 5);`,
  'appended-unread': "fs.appendFileSync(at('unread.txt'), 'more');",
  renamed: `
fs.renameSync(at('old.txt'), at('new.txt'));
const text = fs.readFileSync(at('new.txt'), 'utf8');
fs.renameSync(at('new.txt'), at('old.txt'));
expect(text).toBeTruthy();`,
  'through-link': `
const link = path.join(temporary(), 'link');
fs.symlinkSync(at('linked'), link);
expect(fs.readFileSync(path.join(link, 'c.txt'), 'utf8')).toBeTruthy();`,
  'link-read': "expect(fs.readlinkSync(at('pointer'))).toBeTruthy();",
  blob: "expect(await (await fs.openAsBlob(at('blob.txt'))).text()).toBeTruthy();",
  bytes:
    "expect(fs.readFileSync(new Uint8Array(Buffer.from(at('bytes.txt'))), 'utf8')).toBeTruthy();",
  nothing: 'expect(1).toBe(1);',
};

const run = (...names: string[]): string[] => names.map((name) => `__tests__/${name}.test.js`);

/** Tests that write, and depend on what they wrote over. */
export const writes: Family = {
  name: 'files that tests change',
  base: {
    files: {
      ...NO_TRANSFORM,
      ...Object.fromEntries(
        Object.entries(TESTS).map(([name, body]): [keyof Files, string] => [
          `__tests__/${name}.test.js`,
          HEAD + testing(body),
        ]),
      ),
      'fixtures/kept/a.txt': 'a',
      'fixtures/listed/first.txt': 'first',
      'fixtures/left/first.txt': 'first',
      'fixtures/tree/below/b.txt': 'b',
      'fixtures/log.txt': 'begin',
      'fixtures/first.txt': 'begin',
      'fixtures/old.txt': 'old',
      'fixtures/linked/c.txt': 'c',
      'fixtures/blob.txt': 'blob',
      'fixtures/bytes.txt': 'bytes',
      'fixtures/target.txt': '',
    },
    prepare: (project) => fs.symlinkSync('target.txt', project.path('fixtures/pointer')),
  },
  scenarios: [
    {
      name: 'nothing but what tests did themselves',
      edit: () => undefined,
      expectRan: [],
    },
    {
      name: 'a file in a folder that a test made sure of, and one that it renamed',
      edit: (project) => project.write({ 'fixtures/kept/a.txt': 'A', 'fixtures/old.txt': 'older' }),
      expectRan: run('folder-kept', 'renamed'),
    },
    {
      name: 'a file in a folder that tests copied',
      edit: (project) => project.write({ 'fixtures/tree/below/b.txt': 'B' }),
      expectRan: run('folder-copied', 'copied-later'),
    },
    {
      name: 'a new file in a folder that tests copied',
      edit: (project) => project.write({ 'fixtures/tree/new.txt': 'new' }),
      expectRan: run('folder-copied', 'copied-later'),
    },
    {
      name: 'a new file in folders that tests list with files of their own',
      edit: (project) =>
        project.write({ 'fixtures/listed/new.txt': 'new', 'fixtures/left/new.txt': 'new' }),
      expectRan: run('listed-with-own', 'listed-and-left'),
    },
    {
      name: 'a file that a test renames and lists is gone',
      edit: (project) => project.write({ 'fixtures/listed/first.txt': null }),
      expectRan: run('listed-with-own'),
      expectExit: 1,
    },
    {
      name: 'a folder that a test makes is there already',
      edit: (project) => project.write({ 'fixtures/made/early.txt': '' }),
      expectRan: run('folder-made'),
    },
    {
      name: 'files that tests append to before they read them',
      edit: (project) =>
        project.write({
          'fixtures/log.txt': 'other',
          'fixtures/first.txt': 'other',
          'fixtures/unread.txt': 'other',
        }),
      expectRan: run('appended', 'appended-first'),
    },
    {
      name: 'what a test reads through a link of its own, as a blob, by a path in bytes',
      edit: (project) =>
        project.write({
          'fixtures/linked/c.txt': 'C',
          'fixtures/blob.txt': 'Blob',
          'fixtures/bytes.txt': 'Bytes',
        }),
      expectRan: run('through-link', 'blob', 'bytes'),
    },
    {
      name: 'where a link leads',
      edit: (project) => {
        project.write({ 'fixtures/pointer': null, 'fixtures/other.txt': '' });
        fs.symlinkSync('other.txt', project.path('fixtures/pointer'));
      },
      expectRan: run('link-read'),
    },
    {
      name: 'a file that becomes a folder',
      edit: (project) => {
        project.write({ 'fixtures/tree/below/b.txt': null });
        project.write({ 'fixtures/tree/below/b.txt/c.txt': 'c' });
      },
      expectRan: run('folder-copied', 'copied-later'),
      expectExit: 1,
    },
  ],
};
