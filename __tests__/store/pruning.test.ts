import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  batch,
  dependency,
  executed,
  KEY,
  newFile,
  open,
  record,
  rows,
  test,
  version,
  must,
} from './helpers';

const DAY = 24 * 3_600_000;

describe('rows that nothing refers to', () => {
  it('stay bounded while one file is edited again and again', () => {
    const file = newFile();
    const store = open(file);
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    for (let nth = 0; nth < 600; nth += 1) {
      const source = version('src/a.js', ['module', `f${nth}`]);
      const shared = {
        blocks: [executed(source, 0, 1)],
        dependencies: [dependency('data.json', `v${nth}`)],
      };
      store.commit(
        batch({ records: [record(id, 'a.test.js', [], { shared, tests: [test('one')] })] }),
        nth,
      );
    }
    expect(rows(file, 'record')).toBe(8);
    expect(rows(file, 'test')).toBe(8);
    expect(rows(file, 'file_version')).toBeLessThan(350);
    expect(rows(file, 'dependency')).toBeLessThan(350);
    expect(store.load(id).testFiles.get('a.test.js')?.records).toHaveLength(8);
  }, 60_000);

  it('stay bounded while comments are edited again and again', () => {
    const file = newFile();
    const store = open(file);
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    for (let nth = 0; nth < 600; nth += 1) {
      const source = version('src/a.js', ['module'], { contentHash: `comment ${nth}` });
      store.commit(batch({ contents: [{ environmentId: id, version: source }] }), nth);
    }
    expect(rows(file, 'content')).toBeLessThan(350);
    expect(store.load(id).contents.get('src/a.js|commonjs')?.has('comment 599')).toBe(true);
  }, 60_000);

  it('stay for a while where a content was learnt but not run: a few per file, for 30 days', () => {
    const file = newFile();
    const store = open(file);
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const learn = (count: number, name: string, at: number) =>
      store.commit(
        batch({
          contents: Array.from({ length: count }, (_, nth) => ({
            environmentId: id,
            version: version(`src/${name}.js`, [`f${nth}`]),
          })),
        }),
        at,
      );
    learn(6, 'old', 1);
    learn(300, 'many', 40 * DAY);
    const paths = [...store.load(id).versions.values()].map((of) => of.path);
    expect(paths).toEqual(['src/many.js', 'src/many.js', 'src/many.js', 'src/many.js']);
  });

  it('give their room back', () => {
    const file = newFile();
    const store = open(file);
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const fileStates = [
      { path: 'src/0.js', size: 1, mtime: '1', ctime: '1', inode: '1', contentHash: 'c' },
    ];
    const records = Array.from({ length: 400 }, (_, nth) => {
      const source = version(
        `src/${nth}.js`,
        Array.from({ length: 350 }, (__, block) => `${block}`),
      );
      return record(id, `${nth}.test.js`, [executed(source, 0)]);
    });
    store.commit(batch({ records, fileStates }), 1);
    const full = fs.statSync(file).size;
    store.commit(batch({ gone: records.slice(0, 390) }), 31 * DAY);
    expect(fs.statSync(file).size).toBeLessThan(full / 4);
    expect(store.load(id).testFiles.size).toBe(10);
    expect(store.fileStates().size).toBe(0);
    expect(fs.readdirSync(path.dirname(file))).toEqual(['.testmondata']);
    // Rows that other rows refer to are as they were.
    expect([...store.load(id).versions.values()].map((of) => of.path).sort()).toEqual(
      records
        .slice(390)
        .map(({ shared }) => must(shared.blocks[0]).version.path)
        .sort(),
    );
  });
});

describe('a small project', () => {
  it('is recorded in a small file, quickly', () => {
    const file = newFile();
    const store = open(file);
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const sources = Array.from({ length: 500 }, (_, nth) =>
      version(
        `src/folder/module-${nth}.js`,
        Array.from({ length: 30 }, (__, block) => `${block}`),
      ),
    );
    const records = Array.from({ length: 100 }, (_, nth) =>
      record(
        id,
        `test/${nth}.test.js`,
        sources.slice(nth, nth + 300).map((of) => executed(of, 0, 1, 2, 3, 8, 9, 10, 20, 21, 29)),
        {
          tests: Array.from({ length: 10 }, (__, one) =>
            test(`test ${one}`, {
              blocks: sources.slice(nth, nth + 20).map((of) => executed(of, one)),
            }),
          ),
        },
      ),
    );
    store.commit(batch({ records }), 1);
    const data = store.load(id);
    expect([data.testFiles.size, data.versions.size]).toEqual([100, 399]);
    // At the size we are made for this is a hundredth of the records: 150 MB allow 1.5 MB.
    expect(fs.statSync(file).size).toBeLessThan(1_500_000);
  });
});
