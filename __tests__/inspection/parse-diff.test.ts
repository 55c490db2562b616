import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { applyHunks, parseDiff } from '../../src/inspection/diff/parse-diff';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-diff-'));
  git('init', '--quiet');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
}

function write(files: Record<string, string | null>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (text === null) fs.rmSync(file);
    else fs.writeFileSync(file, text);
  }
}

/** The diff from some files to others. */
function diff(
  before: Record<string, string>,
  after: Record<string, string | null>,
  ...args: string[]
): string {
  write({ keep: '', ...before });
  git('add', '.');
  git('commit', '--quiet', '-m', 'before');
  write(after);
  git('add', '.');
  return git('diff', '--cached', ...args);
}

const names = (text: string) => parseDiff(text).map(({ before, after }) => [before, after]);

describe('the names in a diff', () => {
  test.each<[string, string[], [string | null, string | null][]]>([
    ['a/x.js', [], [['a/x.js', 'a/x.js']]],
    ['a/x.js', ['--no-prefix'], [['a/x.js', 'a/x.js']]],
    ['with blank.js', [], [['with blank.js', 'with blank.js']]],
    ['grö"ße\t.js', [], [['grö"ße\t.js', 'grö"ße\t.js']]],
    ['with blank.js', ['--src-prefix=c/', '--dst-prefix=w/'], [['with blank.js', 'with blank.js']]],
    ['a/x.js', ['--src-prefix=old/', '--dst-prefix=new/v2/'], [['a/x.js', 'a/x.js']]],
    ['x.js', ['--src-prefix=old/', '--dst-prefix=new/'], [['x.js', 'x.js']]],
    ['a/x.js', ['--color=always'], [['a/x.js', 'a/x.js']]],
  ])('are those of %j, with %j', (name, args, expected) => {
    expect(names(diff({ [name]: '1\n' }, { [name]: '2\n' }, ...args))).toEqual(expected);
  });

  test('tell of files that come, go and move', () => {
    const text = 'one\ntwo\nthree\nfour\n';
    const files = diff(
      { 'gone.js': '1\n', 'empty.js': '', 'old name.js': text },
      {
        'gone.js': null,
        'empty.js': null,
        'old name.js': null,
        'b/new name.js': `${text}five\n`,
        'new.js': 'other\n',
      },
      '-M',
    );
    expect(names(files).sort()).toEqual(
      [
        [null, 'new.js'],
        ['empty.js', null],
        ['gone.js', null],
        ['old name.js', 'b/new name.js'],
      ].sort(),
    );
  });

  test('are read of copies, and where a diff is compared with several sides', () => {
    const text = 'one\ntwo\nthree\nfour\n';
    const copied = diff({ 'x.js': text }, { 'y z.js': text }, '-C', '--find-copies-harder');
    expect(names(copied)).toEqual([['x.js', 'y z.js']]);
    git('commit', '--quiet', '-m', 'copied');
    git('branch', 'other');
    for (const [branch, line] of [
      ['other', '1'],
      ['-', '2'],
    ] as const) {
      git('checkout', '--quiet', branch);
      write({ 'x.js': text.replace('two', line) });
      git('commit', '--quiet', '-am', line);
    }
    spawnSync('git', ['merge', 'other'], { cwd: folder });
    const expected = [{ before: 'x.js', after: 'x.js', hunks: null }];
    expect(parseDiff(git('diff'))).toEqual(expected);
    expect(parseDiff(git('diff', '--cached'))).toEqual(expected);
    write({ 'x.js': text.replace('two', '3') });
    git('commit', '--quiet', '-am', 'merged');
    for (const how of ['-c', '--cc']) expect(parseDiff(git('show', how))).toEqual(expected);
  });

  test('are read of what diff writes, and of binary files', () => {
    write({ 'x.js': '1\n', 'y.js': '-- 2\n' });
    const { stdout } = spawnSync('diff', ['-u', 'x.js', 'y.js'], { cwd: folder, encoding: 'utf8' });
    expect(names(stdout)).toEqual([['x.js', 'y.js']]);
    expect(parseDiff(diff({ bin: '\0' }, { bin: '\0\0' }))).toEqual([
      { before: 'bin', after: 'bin', hunks: null },
    ]);
    expect(parseDiff('no diff\n@@ -1 +1 @@\n')).toEqual([]);
  });
});

describe('the hunks of a diff', () => {
  test('are read in colour too', () => {
    const [before, after] = ['a\n\tb\nc\n', 'a\n\tx\nc\n'];
    const [file] = parseDiff(diff({ x: before }, { x: after }, '--color=always'));
    expect(applyHunks(before, file?.hunks ?? [])).toBe(after);
    // Of a source that holds such characters itself, nothing is taken away.
    const [own] = parseDiff(diff({ y: 'a\n' }, { y: '\x1b[1mdiff\n' }));
    expect(applyHunks('a\n', own?.hunks ?? [])).toBe('\x1b[1mdiff\n');
  });

  const long = Array.from({ length: 60 }, (_, index) => `line ${index}\n`).join('');
  test.each<[string, string, string]>([
    ['a line', 'a\nb\nc\n', 'a\nx\nc\n'],
    ['lines far apart', long, long.replace('line 3\n', '').replace('line 50', 'x\ny')],
    ['a last line without a break', 'a\nb', 'a\nb\n'],
    ['a last line that loses its break', 'a\nb\n', 'a\nc'],
    ['line breaks of Windows', 'a\r\nb\r\n', 'a\r\nc\r\nd\r\n'],
    ['empty lines', '\n\n\n', '\n\nx\n\n'],
    ['lines that look like a diff', '-- a\n@@ b\n', '++ c\n@@ b\ndiff --git d\n'],
    ['all of it', 'a\n', ''],
    ['something where nothing was', '', 'a\nb\n'],
  ])('lead from one side to the other: %s', (_name, before, after) => {
    for (const args of [[], ['-U0']]) {
      git('rm', '-rq', '--cached', '--ignore-unmatch', '.');
      const [file] = parseDiff(
        diff({ x: before, ...{ time: String(args) } }, { x: after }, ...args),
      );
      const hunks = file?.hunks ?? [];
      expect(applyHunks(before, hunks)).toBe(after);
      expect(applyHunks(after, hunks, true)).toBe(before);
      expect(applyHunks(`${before}z\nz\n`.replace(/^./, '?'), hunks)).not.toBe(after);
    }
  });

  test('fit no other text', () => {
    const [file] = parseDiff(diff({ x: 'a\nb\nc\n' }, { x: 'a\nx\nc\n' }));
    const hunks = file?.hunks ?? [];
    for (const other of ['a\nB\nc\n', 'b\nc\n', '', 'a\nx\nc\n'])
      expect(applyHunks(other, hunks)).toBeNull();
  });
});
