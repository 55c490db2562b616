import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commandToAdd, packageManagerOf } from '../../../src/dependencies/packages/package-manager';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'package-manager-'));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

test.each([
  [['package-lock.json'], 'npm install --save-dev jest', 'npm ci'],
  [['pnpm-lock.yaml'], 'pnpm add --save-dev jest', 'pnpm install --frozen-lockfile'],
  [['yarn.lock'], 'yarn add --dev jest', 'yarn install --frozen-lockfile'],
  [['yarn.lock', '.yarnrc.yml'], 'yarn add --dev jest', 'yarn install --immutable'],
  [[], 'npm install --save-dev jest', 'npm install'],
])('with %j packages are added and installed in its own way', (files, add, install) => {
  for (const file of files) fs.writeFileSync(path.join(folder, file), '');
  expect(commandToAdd('jest', folder)).toBe(add);
  expect(packageManagerOf(folder).install).toContain(install);
});

test('a folder of a workspace goes by the files above it, unless it has its own', () => {
  const inner = path.join(folder, 'packages', 'one');
  fs.mkdirSync(inner, { recursive: true });
  fs.writeFileSync(path.join(folder, 'yarn.lock'), '');
  expect(packageManagerOf(inner).run).toBe('yarn');
  fs.writeFileSync(path.join(inner, 'pnpm-lock.yaml'), '');
  expect(packageManagerOf(inner).run).toBe('pnpm exec');
});
