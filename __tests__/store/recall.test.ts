import { describe, expect, it } from '@jest/globals';
import {
  batch,
  dependency,
  executed,
  KEY,
  must,
  newFile,
  open,
  record,
  sql,
  test,
  version,
} from './helpers';

const source = version('src/a.js', ['module', 'f', 'g'], { places: 'somewhere' });
const other = version('src/b.js', ['module']);

function committed() {
  const file = newFile();
  const store = open(file);
  const id = store.findOrCreateEnvironment(KEY, 1).id;
  const shared = { blocks: [executed(source, 0)], dependencies: [dependency('package.json')] };
  const tests = [
    test('one', { blocks: [executed(source, 0, 1)] }),
    test('two', {
      blocks: [executed(source, 2), executed(other, 0)],
      dependencies: [dependency('data.json')],
    }),
  ];
  store.commit(batch({ records: [record(id, 'a.test.js', [], { shared, tests })] }), 5);
  const [stored] = must(store.load(id).testFiles.get('a.test.js')).records;
  return { file, store, id, recordId: must(stored).id };
}

describe('a record read back', () => {
  it('says what was committed, without the contents that nobody transformed again', () => {
    const { store, recordId } = committed();
    const unknown = { ...source, contentHash: '' };
    expect(store.recall(recordId)).toEqual({
      shared: {
        blocks: [{ version: unknown, bits: Buffer.from([0b001]) }],
        dependencies: [dependency('package.json')],
      },
      tests: [
        expect.objectContaining({
          position: 0,
          name: ['one'],
          blocks: [{ version: unknown, bits: Buffer.from([0b010]) }],
          dependencies: [],
        }),
        expect.objectContaining({
          position: 1,
          name: ['two'],
          blocks: [
            { version: unknown, bits: Buffer.from([0b100]) },
            { version: { ...other, contentHash: '' }, bits: Buffer.from([1]) },
          ],
          dependencies: [dependency('data.json')],
        }),
      ],
    });
  });

  it('is the same record when it is committed again, and teaches no contents', () => {
    const { store, id, recordId } = committed();
    const before = store.snapshot();
    const { shared, tests } = must(store.recall(recordId));
    store.commit(batch({ records: [record(id, 'a.test.js', [], { shared, tests })] }), 6);
    expect(store.snapshot()).toEqual(before);
    const elsewhere = open();
    const there = elsewhere.findOrCreateEnvironment(KEY, 1).id;
    elsewhere.commit(batch({ records: [record(there, 'a.test.js', [], { shared, tests })] }), 6);
    expect(elsewhere.load(there).contents.size).toBe(0);
  });

  it.each([
    ['a version', 'DELETE FROM file_version'],
    ['the fingerprints of a version', "UPDATE file_version SET fingerprints = x'00'"],
    ['the path of a version', "UPDATE file_version SET path = '/etc/passwd'"],
    ['a dependency', "DELETE FROM dependency WHERE name = 'data.json'"],
    ['the kind of a dependency', "UPDATE dependency SET kind = 'no such'"],
    ['the record itself', 'DELETE FROM record'],
    ['what a test executed', "UPDATE test SET blocks = x'0102030405' WHERE position = 1"],
  ])('is none without %s', (_what, statement) => {
    const { file, store, recordId } = committed();
    sql(file, (db) => db.pragma('foreign_keys = OFF') && db.exec(statement));
    expect(store.recall(recordId)).toBeNull();
  });
});
