import { describe, expect, it } from '@jest/globals';
import type { TestFileRecord } from '../../src/records/types';
import {
  batch,
  dependency,
  executed,
  KEY,
  must,
  newFile,
  open,
  record,
  rows,
  sql,
  test,
  version,
} from './helpers';

const FILE = version('a.js', ['module', 'one']);
const DEPENDENCIES = Array.from({ length: 4_000 }, (_, nth) => dependency(`${nth}.json`));

/** A record that fills a transaction by itself. */
function large(
  environmentId: number,
  path: string,
  parts: Partial<TestFileRecord> = {},
): TestFileRecord {
  const tests = Array.from({ length: 60 }, (_, nth) =>
    test(`test ${nth}`, { dependencies: DEPENDENCIES }),
  );
  return record(environmentId, path, [executed(FILE, 0, 1)], { tests, ...parts });
}

const paths = (store: ReturnType<typeof open>, id: number): string[] =>
  [...store.load(id).testFiles.keys()].sort();

describe('a commit', () => {
  it('holds no lock while its records are read', () => {
    const file = newFile();
    const store = open(file, { timeout: 100 });
    const other = open(file, { timeout: 100 });
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    function* records(): Generator<TestFileRecord> {
      yield record(id, 'a.test.js');
      other.commit(batch({ records: [record(id, 'other.test.js')] }), 1);
      yield record(id, 'b.test.js');
    }
    store.commit(batch({ records: records() }), 1);
    expect(paths(store, id)).toEqual(['a.test.js', 'b.test.js', 'other.test.js']);
  });

  it('of many records is written in parts, and says the same as one by one', () => {
    const [parts, single] = [open(), open()];
    const names = ['large.test.js', 'b.test.js'];
    const seen: number[] = [];
    for (const store of [parts, single]) {
      const { id } = store.findOrCreateEnvironment(KEY, 1);
      const reader = open(store.file, { readonly: true });
      function* records(): Generator<TestFileRecord> {
        for (const name of names) {
          if (store === parts) seen.push(reader.load(id).testFiles.size);
          yield name === 'large.test.js' ? large(id, name) : record(id, name, [executed(FILE, 0)]);
        }
      }
      if (store === parts) store.commit(batch({ records: records() }), 1);
      else for (const one of records()) store.commit(batch({ records: [one] }), 1);
    }
    expect(seen).toEqual([0, 1]);
    expect(parts.snapshot()).toEqual(single.snapshot());
    expect(parts.findDamage()).toEqual([]);
  });

  it('finds its rows anew where others have written between two parts', () => {
    const store = open();
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const shared = { blocks: [executed(FILE, 0)], dependencies: DEPENDENCIES.slice(0, 10) };
    const after = record(id, 'b.test.js', [], { shared });
    function* records(): Generator<TestFileRecord> {
      yield large(id, 'a.test.js');
      // As pruning does it once nothing refers to them; then the numbers are given out again.
      sql(store.file, (db) => {
        db.exec('DELETE FROM test_file; DELETE FROM dependency; DELETE FROM file_version');
      });
      const other = open(store.file);
      const reads = [dependency('other.json')];
      const others = version('b.js', ['module']);
      const read = { blocks: [executed(others, 0)], dependencies: reads };
      other.commit(batch({ records: [record(id, 'other.test.js', [], { shared: read })] }), 1);
      yield after;
    }
    store.commit(batch({ records: records() }), 1);
    const alone = open();
    alone.findOrCreateEnvironment(KEY, 1);
    alone.commit(batch({ records: [after] }), 1);
    const recalled = [store, alone].map((one) => {
      const { records: found } = must(one.load(id).testFiles.get('b.test.js'));
      return must(one.recall(must(found[0]).id));
    });
    expect(recalled[0]).toEqual(recalled[1]);
    expect(store.findDamage()).toEqual([]);
  });

  it('keeps both answers where one content became two versions in two parts', () => {
    const store = open();
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const [one, two] = ['one', 'two'].map((block) =>
      version('c.js', [block], { contentHash: 'c'.repeat(40) }),
    );
    store.commit(
      batch({
        records: [
          large(id, 'a.test.js', {
            shared: { blocks: [executed(must(one), 0)], dependencies: [] },
          }),
          record(id, 'b.test.js', [executed(must(two), 0)]),
        ],
      }),
      1,
    );
    expect(rows(store.file, 'content')).toBe(2);
  });

  it('settles for now what passed for now in any part', () => {
    const store = open();
    const { id } = store.findOrCreateEnvironment(KEY, 1);
    const names = ['b.test.js', 'c.test.js'];
    const provisional = store.commit(
      batch({
        records: [large(id, 'a.test.js'), ...names.map((name) => record(id, name))],
        isProvisional: ({ path }) => path !== 'b.test.js',
      }),
      1,
    );
    const failed = () =>
      [...store.load(id).testFiles.values()].filter((one) => one.failed).map(({ path }) => path);
    expect(failed().sort()).toEqual(['a.test.js', 'c.test.js']);
    store.settle(provisional);
    expect(failed()).toEqual([]);
  });
});
