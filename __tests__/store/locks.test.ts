import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Database } from '../sqlite';
import { Store } from '../../src/store';
import { batch, KEY, newFile, open, record, sql, storeError } from './helpers';

const ROOT = path.resolve(__dirname, '../..');

/** Runs `child.ts`, which commits again and again, in a process of its own. */
function commitElsewhere(
  file: string,
  name: string,
  commits: number,
  ...waits: [reading?: number, timeout?: number]
): ChildProcess {
  const script = path.join(__dirname, 'child.ts');
  return spawn(
    process.execPath,
    [
      '-r',
      'ts-node/register/transpile-only',
      script,
      file,
      name,
      String(commits),
      ...waits.map(String),
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
}

function integrity(file: string): unknown {
  return sql(file, (db) => [
    db.pragma('integrity_check', { simple: true }),
    db.pragma('foreign_key_check'),
  ]);
}

describe('a lock of another process', () => {
  it('is waited for, then said', () => {
    const file = newFile();
    const store = open(file, { timeout: 100 });
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const holder = new Database(file);
    holder.exec('BEGIN EXCLUSIVE');
    const start = Date.now();
    expect(
      storeError(() => store.commit(batch({ records: [record(id, 'a.test.js')] }), 1)),
    ).toMatchObject({
      reason: 'locked',
      message: expect.stringContaining('locked by another process'),
    });
    expect(Date.now() - start).toBeGreaterThanOrEqual(90);
    expect(storeError(() => Store.open(file, { timeout: 50 })).reason).toBe('locked');
    expect(storeError(() => Store.open(file, { timeout: 50, readonly: true })).reason).toBe(
      'locked',
    );
    holder.exec('ROLLBACK');
    holder.close();
    store.commit(batch({ records: [record(id, 'a.test.js')] }), 1);
    expect(store.load(id).testFiles.size).toBe(1);
  });
});

describe('several processes', () => {
  it('make one database and all commit into it', async () => {
    const file = newFile();
    const children = ['a', 'b', 'c'].map((name) => commitElsewhere(file, name, 15));
    const codes = await Promise.all(
      children.map(async (child) => (await once(child, 'exit'))[0] as number),
    );
    expect(codes).toEqual([0, 0, 0]);
    expect(open(file).load(1).testFiles.size).toBe(45);
    expect(integrity(file)).toEqual(['ok', []]);
    expect(fs.readdirSync(path.dirname(file))).toEqual(['.testmondata']);
  }, 60_000);

  it('wait for what others write, and not for what they read', async () => {
    const file = newFile();
    open(file);
    const names = Array.from({ length: 8 }, (_, nth) => `process${nth}`);
    // Reading takes twelve seconds in all, and each waits for five.
    const children = names.map((name) => commitElsewhere(file, name, 1, 1_500, 5_000));
    const codes = await Promise.all(
      children.map(async (child) => (await once(child, 'exit'))[0] as number),
    );
    expect(codes).toEqual(names.map(() => 0));
    expect(open(file).load(1).testFiles.size).toBe(names.length);
  }, 120_000);

  it('lose at most the commit under way when they are killed', async () => {
    const file = newFile();
    Store.open(file).close();
    for (let round = 0; round < 6; round += 1) {
      const child = commitElsewhere(file, `round${round}`, 100_000);
      let acknowledged = 0;
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        acknowledged = text.split('\n').length - 1;
        // Somewhere in a later commit.
        if (acknowledged >= 3) setTimeout(() => child.kill('SIGKILL'), round * 3);
      });
      await once(child, 'close');
      expect(child.signalCode).toBe('SIGKILL');
      const store = Store.open(file);
      const kept = [...store.load(1).testFiles.values()].filter(({ path: name }) =>
        name.startsWith(`round${round}-`),
      );
      store.close();
      expect(kept.length).toBeGreaterThanOrEqual(acknowledged);
      expect(kept.length).toBeLessThanOrEqual(acknowledged + 1);
      expect(kept.every(({ records }) => records.length === 1)).toBe(true);
      expect(integrity(file)).toEqual(['ok', []]);
    }
  }, 120_000);
});
