import * as fs from 'node:fs';
import { expect, it } from '@jest/globals';
import { mergeFiles } from '../../src/store';
import { MIGRATIONS } from '../../src/store/migrations';
import { batch, KEY, newFile, open, record, storeError } from './helpers';

/** A database with one record of each test file. */
function recorded(...paths: string[]): string {
  const file = newFile();
  const store = open(file);
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  store.commit(batch({ records: paths.map((path) => record(id, path)) }), 1);
  store.close();
  return file;
}

it('tells what there was and what there is', () => {
  const target = recorded('a.test.js');
  const merged = mergeFiles(target, [recorded('b.test.js', 'c.test.js'), target], { now: 2 });
  expect(merged).toEqual({
    shards: null,
    openEscapes: [],
    before: { environments: 1, testFiles: 1, records: 1 },
    after: { environments: 1, testFiles: 3, records: 3 },
    sources: [
      expect.objectContaining({ testFiles: 2 }),
      { file: target, environments: 1, testFiles: 1, records: 1 },
    ],
  });
});

it('reads an older format from a copy, and leaves the file as it is', () => {
  const next = MIGRATIONS.length + 1;
  const migrations = [...MIGRATIONS, { version: next, up: () => undefined }];
  const older = recorded('a.test.js');
  const before = fs.readFileSync(older);
  const target = newFile();
  expect(mergeFiles(target, [older], { now: 2, migrations }).after.records).toBe(1);
  expect(fs.readFileSync(older)).toEqual(before);
  expect(storeError(() => open(target)).reason).toBe('newer');
});

it('keeps as many records as it is told', () => {
  const file = newFile();
  const store = open(file);
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  for (let nth = 0; nth < 12; nth += 1) {
    const dependencies = [{ kind: 'file' as const, name: 'a', value: String(nth) }];
    const one = record(id, 'a.test.js');
    store.commit(
      batch({ records: [{ ...one, shared: { ...one.shared, dependencies } }], keep: 12 }),
      nth,
    );
  }
  expect(mergeFiles(newFile(), [file], { now: 20, keep: 12 }).after.records).toBe(12);
  expect(mergeFiles(newFile(), [file], { now: 20 }).after.records).toBe(8);
});
