import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { realPath, RealPaths } from '../../../src/dependencies/files/real-paths';

let folder = '';

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'real-')));
  fs.mkdirSync(path.join(folder, 'real', 'inner'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'real', 'file'), '');
  fs.symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'), 'junction');
  fs.symlinkSync(
    path.join(folder, 'link', 'inner'),
    path.join(folder, 'real', 'other'),
    'junction',
  );
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

test.each([
  ['a file', 'real/file', 'real/file'],
  ['a folder', 'real/inner', 'real/inner'],
  ['a link', 'link', 'real'],
  ['a file behind a link', 'link/file', 'real/file'],
  ['a folder behind a link', 'link/inner', 'real/inner'],
  ['a link behind a link', 'link/other', 'real/inner'],
  ['what is not there', 'link/none', 'link/none'],
  ['what cannot be', `link/${'x'.repeat(5000)}`, `link/${'x'.repeat(5000)}`],
])('many real paths are found as one is: %s', (_name, asked, expected) => {
  const paths = new RealPaths();
  // The second time from what is remembered.
  for (let time = 0; time < 2; time += 1) {
    expect(paths.of(path.join(folder, asked))).toBe(path.join(folder, expected));
  }
  expect(realPath(path.join(folder, asked))).toBe(path.join(folder, expected));
});
