import * as fs from 'node:fs';
import * as path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '@jest/types';
import { FileStates } from '../../src/workspace/file-states';
import { Project } from '../../src/controller/projects/project';
import { WorkingTree } from '../../src/workspace/working-tree';
import { contentHash } from '../../src/dependencies/files/content';
import { PackageReader } from '../../src/dependencies/packages/packages';
import type { Store } from '../../src/store';
import type { ExecutedBlocks, FileVersion } from '../../src/records/types';
import {
  batch,
  dependency,
  executed,
  KEY,
  makeFolder,
  must,
  open,
  record,
  sql,
  version,
} from '../store/helpers';

/** As many as are looked at together. */
const TEST_FILES = 300;
const SOURCE = 'exports.f = () => 1;\n';

let root: string;
let file: string;
let store: Store;
let source: FileVersion;
const names = Array.from({ length: TEST_FILES }, (_, nth) => `t${nth}.test.js`);

const nth = (name: string) => Number(/\d+/.exec(name)?.[0]);

beforeEach(() => {
  root = fs.realpathSync(makeFolder());
  file = path.join(root, '.testmondata');
  fs.writeFileSync(path.join(root, 'a.js'), SOURCE);
  for (const name of ['0', '1', '2']) fs.writeFileSync(path.join(root, `${name}.json`), name);
  source = version('a.js', ['module', 'f'], { contentHash: contentHash(SOURCE) });
  store = open(file);
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  // An older record of each holds; every third has a newer one that does not.
  const of = (name: string, blocks: ExecutedBlocks[], value: string) =>
    record(id, name, blocks, {
      shared: { blocks, dependencies: [dependency(`${nth(name) % 3}.json`, value)] },
    });
  store.commit(
    batch({
      records: names.map((name) =>
        of(name, [executed(source, 0, 1)], contentHash(String(nth(name) % 3))),
      ),
    }),
    2,
  );
  store.commit(
    batch({
      records: names
        .filter((name) => nth(name) % 3 === 0)
        .map((name) => of(name, [executed(source, 0)], 'another')),
    }),
    3,
  );
});

class Tree extends WorkingTree {
  before: () => void = () => undefined;

  constructor() {
    super(root, new PackageReader(root), new FileStates(() => null), null, {
      ignoresVariable: () => true,
    });
  }

  override prepare(): Promise<void> {
    this.before();
    return super.prepare();
  }
}

/** The decision on every test file that is affected. */
async function affected({ readsAhead = false, before = (): void => undefined } = {}) {
  const config = { id: 'p', rootDir: root, moduleFileExtensions: ['js'] } as Config.ProjectConfig;
  const tree = new Tree();
  tree.before = before;
  const project = new Project(config, { id: 1, ...KEY }, root, tree, { always: [], readsAhead });
  const judged = await project.judgePaths(store, names);
  return Array.from(judged, ([name, { decision }]) => ({ name, decision })).filter(
    ({ decision }) => decision.affected,
  );
}

describe('many test files, whose records are read one by one', () => {
  it('are judged as if all were read at once', async () => {
    expect(await affected()).toEqual([]);
    fs.writeFileSync(path.join(root, '0.json'), 'changed');
    const found = await affected();
    expect(found).toHaveLength(TEST_FILES / 3);
    expect(found).toEqual(await affected({ readsAhead: true }));
  });

  it.each([
    [`UPDATE record SET blocks = x'0101010000000000'`, 'new'],
    [`UPDATE record SET dependencies = (SELECT dependencies FROM record WHERE id = 9)`, 'new'],
    [`UPDATE file_version SET fingerprints = x''`, 'new'],
    [`DELETE FROM dependency WHERE name = '0.json'`, 'new'],
    // The older record is of no use, so the newer one tells what changed.
    [`UPDATE record SET blocks = x'' WHERE id <= ${TEST_FILES}`, 'changed'],
  ])('do not count a record that cannot be ours: %s', async (change, reason) => {
    sql(file, (db) => db.exec(change));
    const found = await affected();
    expect(found.find(({ name }) => name === 't0.test.js')?.decision).toMatchObject({ reason });
    expect(found).toEqual(await affected({ readsAhead: true }));
  });

  it('are judged anew when another process commits meanwhile', async () => {
    const other = open(file);
    let commits = 0;
    const before = () => {
      commits += 1;
      if (commits > 2) return;
      other.commit(
        batch({ failures: [{ environmentId: 1, path: must(names[commits]) }] }),
        10 + commits,
      );
    };
    expect((await affected({ before })).map(({ name }) => name)).toEqual([names[1], names[2]]);
    // And come to an end when that does not stop.
    commits = -1_000;
    await affected({
      before: () => {
        commits += 1;
        other.commit(batch({ notes: [{ key: 'n', value: String(commits) }] }), 2_000 + commits);
      },
    });
    expect(commits).toBe(-1_000 + 4);
  });
});
