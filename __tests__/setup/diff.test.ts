import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unifiedDiff } from '../../src/setup/diff';

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i}`);
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('git apply', () => {
  let folder = '';
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-diff-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** What `git apply` makes of a file by our patch. */
  function applied(before: string | null, after: string | null): string | null {
    const file = path.join(folder, 'folder', 'jest.config.js');
    fs.mkdirSync(path.dirname(file));
    if (before !== null) fs.writeFileSync(file, before);
    const patch = unifiedDiff('folder/jest.config.js', before, after);
    const { stderr } = spawnSync('git', ['apply', '-'], {
      cwd: folder,
      input: [...patch, '', 'Nothing was changed.', ''].join('\n'),
      encoding: 'utf8',
      // The folder for temporary files may stand in a repository.
      env: { ...process.env, GIT_CEILING_DIRECTORIES: path.dirname(folder) },
    });
    expect(stderr).toBe('');
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
  }

  const long = numbered(40);
  it.each<[string, string | null, string | null]>([
    ['a new file', null, 'one\ntwo\n'],
    ['a file that goes', 'one\ntwo\n', null],
    ['a file that was empty', '', 'one\n'],
    ['one line of many', text(long), text(long.with(20, 'changed'))],
    ['the first and the last line', text(long), text(long.with(0, 'first').with(39, 'last'))],
    ['lines that go, far apart', text(long), text(long.filter((_, i) => i % 13 !== 5))],
    [
      'lines that are added only',
      text(long),
      text(long.flatMap((l, i) => (i === 30 ? [l, 'new', 'new'] : l))),
    ],
    ['no line break at the end, before', 'one\ntwo', 'one\ntwo\nthree\n'],
    ['no line break at the end, after', 'one\ntwo\n', 'one\nthree'],
    ['no line break at the end, ever', 'one\ntwo', 'zero\none\ntwo'],
    ["Windows' line ends", 'one\r\ntwo\r\n', 'one\r\nthree\r\n'],
  ])('takes the patch of %s', (_, before, after) => {
    expect(applied(before, after)).toBe(after);
  });
});
