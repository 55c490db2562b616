import { describe, expect, test } from '@jest/globals';
import { commandToBuild, sqlitePackage } from '../../src/store/connection/sqlite';

describe('the SQLite package', () => {
  test.each([
    ['20.20.2', 'better-sqlite3-node20'],
    ['22.0.0', 'better-sqlite3'],
    ['26.12.1', 'better-sqlite3'],
  ])('of Node %s is %s', (version, name) => {
    expect(sqlitePackage(version)).toBe(name);
  });

  test.each([
    ['npm/11.19.1 node/v20.20.2 linux x64', 'npm rebuild x'],
    ['npm/12.0.1 node/v24.1.0 linux x64', 'npm install-scripts approve x && npm rebuild x'],
    ['pnpm/10.4.0 npm/? node/v24.1.0', 'pnpm approve-builds && pnpm rebuild x'],
    ['yarn/1.22.22 npm/? node/v20.1.0', 'yarn install --force'],
    ['yarn/4.18.0 npm/? node/v20.1.0', 'yarn rebuild x'],
    ['', 'npm rebuild x'],
  ])('is built under "%s" by %s', (userAgent, command) => {
    expect(commandToBuild('x', userAgent)).toBe(command);
  });
});
