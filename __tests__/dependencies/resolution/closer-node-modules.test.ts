import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  linkValue,
  closerNodeModules,
} from '../../../src/dependencies/resolution/closer-node-modules';
import { PackageReader } from '../../../src/dependencies/packages/packages';
import { FolderReader } from '../../../src/dependencies/resolution/resolution-candidates';

let root: string;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'nearer-')));
});
afterEach(() => {
  fs.rmSync(root, { recursive: true });
});

function install(folder: string): void {
  const name = folder.replace(/^.*node_modules\//, '');
  fs.mkdirSync(path.join(root, folder), { recursive: true });
  fs.writeFileSync(
    path.join(root, folder, 'package.json'),
    JSON.stringify({ name, version: '1.0.0' }),
  );
}

function places(packages: string[], files: string[]): string[] {
  const link = (place: string) => linkValue(root, place);
  return closerNodeModules(packages, files, new FolderReader(root), link).map(
    ({ kind, name, value }) => `${kind} ${name}${value === '' ? '' : ` ${value}`}`,
  );
}

test('where there are no installed packages, their folder alone is looked for', () => {
  install('node_modules/one');
  expect(places(['node_modules/one'], ['src/deep/a.js', 'src/b.js'])).toEqual([
    'absent src/deep/node_modules',
    'absent src/node_modules',
  ]);
});

test('where there are others, each package that is used is looked for', () => {
  install('node_modules/one');
  install('node_modules/@scope/two');
  install('src/node_modules/three');
  expect(places(['node_modules/one', 'node_modules/@scope/two'], ['src/a.js'])).toEqual([
    'absent src/node_modules/one',
    'absent src/node_modules/@scope/two',
  ]);
});

test('a package nested in another was not looked for by the project', () => {
  install('node_modules/one/node_modules/inner');
  expect(places(['node_modules/one/node_modules/inner'], ['a.js'])).toEqual([]);
});

test('a link is where it leads to', () => {
  install('node_modules/.pnpm/one@1/node_modules/one');
  fs.symlinkSync('.pnpm/one@1/node_modules/one', path.join(root, 'node_modules/one'));
  expect(places(['node_modules/.pnpm/one@1/node_modules/one'], ['a.js'])).toEqual([
    'present node_modules/one -> node_modules/.pnpm/one@1/node_modules/one',
  ]);
  expect(linkValue(root, 'node_modules/.pnpm')).toBe('directory');
});

test('nothing is looked for outside the root, or where no package is used', () => {
  install('node_modules/one');
  expect(places(['node_modules/one'], ['../shared/a.js'])).toEqual([]);
  expect(places([], ['src/a.js'])).toEqual([]);
});

test('the value of a package tells what is nested in it, and what a store links beside it', () => {
  const value = (folder: string) => new PackageReader(root).value(path.join(root, folder));
  install('node_modules/one');
  expect(value('node_modules/one')).toBe('1.0.0');
  fs.mkdirSync(path.join(root, 'node_modules/one/node_modules/.cache'), { recursive: true });
  expect(value('node_modules/one')).toBe('1.0.0');
  install('node_modules/one/node_modules/inner');
  expect(value('node_modules/one')).toMatch(/^1\.0\.0\+[0-9a-f]{16}$/);

  const stored = 'node_modules/.pnpm/two@1/node_modules/two';
  install(stored);
  expect(value(stored)).toBe('1.0.0');
  const link = path.join(root, path.dirname(stored), 'below');
  fs.symlinkSync('../../below@1/node_modules/below', link);
  const before = value(stored);
  fs.rmSync(link);
  fs.symlinkSync('../../below@2/node_modules/below', link);
  expect(value(stored)).not.toBe(before);
});
