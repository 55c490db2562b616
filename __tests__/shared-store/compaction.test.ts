import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as zlib from 'node:zlib';
import { expect, it, jest } from '@jest/globals';
import { packBundle } from '../../src/shared-store/bundle';
import { GRACE, smallestWithin } from '../../src/shared-store/compact';
import { FolderEngine } from '../../src/shared-store/engines/folder';
import { SharedStoreError } from '../../src/shared-store/engine';
import { pull } from '../../src/shared-store/pull';
import { push } from '../../src/shared-store/push';
import { sharedSettings, type SharedSettings } from '../../src/shared-store/settings';
import type { Store } from '../../src/store';
import { batch, dependency, KEY, makeFolder, open, record } from '../store/helpers';

// It waits for the disk a few hundred times.
jest.setTimeout(120_000);

/** With more bundles than that, a snapshot takes their place. */
const MANY = 4;

interface Share {
  folder: string;
  settings: SharedSettings;
}

function makeShare(): Share {
  const folder = makeFolder();
  const option = { url: pathToFileURL(folder).href, scope: 'main', write: true, timeout: 60_000 };
  const settings = sharedSettings(option, {});
  if (settings === null) throw new Error('no settings');
  return { folder, settings };
}

function names({ folder }: Share): string[] {
  return fs.readdirSync(path.join(folder, 'bundles', 'main')).sort();
}

const snapshots = (share: Share) => names(share).filter((name) => name.includes('-all-'));

interface Variant {
  /** How many records of a test file are kept. */
  keep?: number | undefined;
  /** What the record depends on. */
  value?: string | undefined;
}

/** As a machine does it in a run: takes in what is new, records, and sends. */
async function runOn(
  store: Store,
  share: Share,
  name: string,
  now: number,
  { keep, value }: Variant = {},
): Promise<void> {
  const environments = [KEY];
  const pulled = await pull(store, share.settings, { environments, now, keep });
  expect(pulled).toMatchObject({ refused: [], failure: null });
  recordOne(store, name, now, { keep, value });
  const pushed = await push(store, share.settings, { now, keep, transfer: 60_000, many: MANY });
  expect(pushed).toMatchObject({ bundles: 1, failure: null });
}

function recordOne(store: Store, name: string, now: number, { keep, value }: Variant = {}): void {
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const shared = { blocks: [], dependencies: [dependency(`${name}.json`, value)] };
  const records = [record(id, `${name}.test.js`, [], { shared })];
  store.commit(batch({ records, keep }), now);
}

/** What a new machine gets of a share. */
async function fresh(share: Share): Promise<{ testFiles: number; taken: number }> {
  const store = open();
  const pulled = await pull(store, share.settings, { environments: [KEY], now: 1 });
  expect(pulled).toMatchObject({ refused: [], failure: null });
  return { testFiles: store.totals().testFiles, taken: pulled.taken };
}

it('puts one bundle in the place of many, and removes them later', async () => {
  const share = makeShare();
  const store = open();
  const now = Date.now();
  for (let nth = 0; nth <= MANY + 1; nth += 1) await runOn(store, share, `t${nth}`, now);
  expect(snapshots(share)).toHaveLength(1);
  const all = MANY + 2;
  expect(names(share)).toHaveLength(all + 1);
  // The snapshot, and what came after it.
  expect(await fresh(share)).toEqual({ testFiles: all, taken: 2 });
  await runOn(store, share, 'within grace', now + GRACE - 1);
  expect(names(share)).toHaveLength(all + 2);
  await runOn(store, share, 'after it', now + GRACE + 1);
  expect(names(share)).toHaveLength(4);
  expect(await fresh(share)).toEqual({ testFiles: all + 2, taken: 4 });
});

it.each([
  ['as many as by default', undefined, 8],
  ['more', 100, 12],
  ['fewer', 3, 3],
])('keeps records of a test file as the project does: %s', async (_, keep, kept) => {
  const share = makeShare();
  const stores = Array.from({ length: 12 }, () => open());
  const now = Date.now();
  for (const [nth, store] of stores.entries())
    await runOn(store, share, 't', now + nth, { keep, value: `${nth}` });
  expect(snapshots(share).length).toBeGreaterThan(0);
  const later = now + GRACE + 100;
  const options = { environments: [KEY], now: later, keep };
  for (const store of [...stores, open()]) {
    expect(await pull(store, share.settings, options)).toMatchObject({ failure: null });
    const { environments } = store.snapshot();
    expect(environments[0]?.testFiles[0]?.records).toHaveLength(kept);
  }
});

it.each<[string, (file: string) => void]>([
  ['was damaged since', (file) => fs.truncateSync(file, 2000)],
  [
    'never was of use',
    (file) => {
      const content = zlib.gzipSync('no database');
      const hash = createHash('sha256').update(content).digest('hex');
      fs.writeFileSync(file.replace(/[\da-f]{64}$/, hash), content);
    },
  ],
])('makes a snapshot of the others where one %s', async (_, happens) => {
  const share = makeShare();
  const store = open();
  const now = Date.now();
  for (let nth = 0; nth < MANY; nth += 1) await runOn(store, share, `t${nth}`, now);
  const folder = path.join(share.folder, 'bundles', 'main');
  const [first = ''] = names(share);
  for (let nth = 0; nth < 3; nth += 1) {
    await pull(store, share.settings, { environments: [KEY], now });
    recordOne(store, `more${nth}`, now);
    if (nth === 0) happens(path.join(folder, first));
    const options = { now, transfer: 60_000, many: MANY };
    expect(await push(store, share.settings, options)).toMatchObject({ failure: null });
  }
  expect(snapshots(share)).toHaveLength(1);
  const known = store.sharing(share.settings.place).taken();
  expect([...known.values()].filter((snapshot) => snapshot !== null).length).toBeGreaterThan(3);
});

it('does no harm by two at once, nor by one that dies', async () => {
  const share = makeShare();
  const now = Date.now();
  const two = [open(), open()];
  for (let nth = 0; nth <= MANY; nth += 1)
    await runOn(two[nth % 2] as Store, share, `t${nth}`, now);
  for (const store of two) await pull(store, share.settings, { environments: [KEY], now });
  for (const [nth, store] of two.entries()) recordOne(store, `mine${nth}`, now);
  await Promise.all(
    two.map((store) => push(store, share.settings, { now, transfer: 60_000, many: MANY })),
  );
  expect(snapshots(share).length).toBeGreaterThan(0);
  const all = MANY + 3;
  expect((await fresh(share)).testFiles).toBe(all);
  // One that died had removed some of them, and left an unfinished file.
  const folder = path.join(share.folder, 'bundles', 'main');
  const taken = two[0]?.sharing(share.settings.place).taken();
  const covered = names(share).filter((name) => taken?.get(name));
  expect(covered.length).toBeGreaterThan(2);
  for (const name of covered.slice(0, 2)) fs.rmSync(path.join(folder, name));
  fs.writeFileSync(path.join(folder, '.unfinished-x'), 'x');
  const third = open();
  await runOn(third, share, 'later', now + GRACE + 1);
  expect((await fresh(share)).testFiles).toBe(all + 1);
  for (const store of two) {
    await pull(store, share.settings, { environments: [KEY], now });
    expect(store.totals().testFiles).toBe(all + 1);
  }
});

it('makes snapshots also where nothing may be removed', async () => {
  const share = makeShare();
  const store = open();
  const removal = jest
    .spyOn(FolderEngine.prototype, 'remove')
    .mockRejectedValue(new SharedStoreError('denied', 'no right to remove'));
  try {
    let now = Date.now();
    for (let nth = 0; nth < 3 * MANY; nth += 1) {
      await runOn(store, share, `t${nth}`, now);
      now += GRACE;
    }
    expect(removal).toHaveBeenCalled();
    expect(snapshots(share).length).toBeGreaterThan(1);
    expect((await fresh(share)).testFiles).toBe(3 * MANY);
  } finally {
    removal.mockRestore();
  }
});

it('makes a snapshot of snapshots, and keeps the store small', async () => {
  const share = makeShare();
  const store = open();
  let now = Date.now();
  for (let nth = 0; nth < 4 * MANY; nth += 1) {
    await runOn(store, share, `t${nth}`, now);
    now += GRACE / 2;
  }
  expect(names(share).length).toBeLessThan(3 * MANY);
  expect((await fresh(share)).testFiles).toBe(4 * MANY);
});

it('makes no snapshot that nobody would take, and leaves what it would stand for', async () => {
  const share = makeShare();
  const machine = open();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is applied to the engine below
  const list = FolderEngine.prototype.list;
  // As if each were large: two of them together are more than a machine takes.
  const spy = jest.spyOn(FolderEngine.prototype, 'list').mockImplementation(async function (
    this: FolderEngine,
    ...args
  ) {
    const found = await list.apply(this, args);
    return found.map((bundle) => ({ ...bundle, bytes: 150 * 1024 * 1024 }));
  });
  try {
    for (let run = 0; run <= MANY + 1; run += 1)
      await runOn(machine, share, `test-${run}`, 10 + run * 2 * GRACE);
  } finally {
    spy.mockRestore();
  }
  expect(snapshots(share)).toEqual([]);
  expect(names(share)).toHaveLength(MANY + 2);
});

it('unites the smallest of many', () => {
  const bundles = [50, 10, 30, 20].map((bytes) => ({ scope: 'main', name: String(bytes), bytes }));
  expect(smallestWithin(bundles, 60).map(({ bytes }) => bytes)).toEqual([10, 20, 30]);
  expect(smallestWithin(bundles, 59).map(({ bytes }) => bytes)).toEqual([10, 20]);
});

it('packs nothing that unpacks to more than a machine takes', () => {
  const file = path.join(makeFolder(), 'large.db');
  fs.writeFileSync(file, '');
  fs.truncateSync(file, 512 * 1024 * 1024 + 1);
  const options = { environment: KEY, scope: 'main', madeAt: 1, signer: null };
  expect(() => packBundle(file, options)).toThrow('it unpacks to more than 512 MB');
});
