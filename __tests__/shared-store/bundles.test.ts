import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as zlib from 'node:zlib';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pull, type Pulled } from '../../src/shared-store/pull';
import { push } from '../../src/shared-store/push';
import { sharedSettings, type SharedSettings } from '../../src/shared-store/settings';
import type { Store } from '../../src/store';
import { MAX_ENVIRONMENTS } from '../../src/store/write/environments';
import { batch, dependency, KEY, makeFolder, open, record, sql } from '../store/helpers';

// It waits for the disk a few hundred times.
jest.setTimeout(120_000);

let folder: string;
let settings: SharedSettings;

beforeEach(() => {
  folder = makeFolder();
  settings = settingsOf({});
});

function settingsOf(more: object): SharedSettings {
  const url = pathToFileURL(folder).href;
  const found = sharedSettings({ url, scope: 'main', write: true, timeout: 60_000, ...more }, {});
  if (found === null) throw new Error('no settings');
  return found;
}

function recordOne(store: Store, name: string, value = '1', now = 2): void {
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const shared = { blocks: [], dependencies: [dependency(`${name}.json`, value)] };
  store.commit(batch({ records: [record(id, `${name}.test.js`, [], { shared })] }), now);
}

const send = (store: Store) => push(store, settings, { now: 5, transfer: 60_000 });
const take = (store: Store, with_ = settings): Promise<Pulled> =>
  pull(store, with_, { environments: [KEY], now: 5 });

function bundle(): string {
  const scope = path.join(folder, 'bundles', 'main');
  const [name, ...others] = fs.readdirSync(scope);
  if (name === undefined || others.length > 0) throw new Error('not one bundle');
  return path.join(scope, name);
}

/** Puts content in the place of a bundle, under a name that is right for it. */
function replace(file: string, content: Buffer): void {
  const hash = createHash('sha256').update(content).digest('hex');
  fs.rmSync(file);
  fs.writeFileSync(file.replace(/[\da-f]{64}$/, hash), content);
}

const altered = (statements: string) => (file: string) => {
  const database = path.join(makeFolder(), 'altered.db');
  fs.writeFileSync(database, zlib.gunzipSync(fs.readFileSync(file)));
  sql(database, (db) => db.exec(statements));
  replace(file, zlib.gzipSync(fs.readFileSync(database)));
};

describe('a bundle that is not what it should be', () => {
  it.each<[string, (file: string) => void, RegExp]>([
    ['half of it', (file) => fs.truncateSync(file, 2000), /not what its name says/],
    [
      'of another content',
      (file) => fs.writeFileSync(file, zlib.gzipSync('x')),
      /not what its name says/,
    ],
    [
      'a bomb',
      // Archives one after the other unpack to all of them.
      (file) => {
        const part = zlib.gzipSync(Buffer.alloc(32 * 1024 * 1024));
        replace(file, Buffer.concat(Array.from({ length: 20 }, () => part)));
      },
      /it unpacks to more than 512 MB/,
    ],
    ['no archive', (file) => replace(file, Buffer.from('x')), /cannot be unpacked/],
    [
      'no database',
      (file) => replace(file, zlib.gzipSync(Buffer.alloc(5000, 'x'))),
      /no database of ours that can be used \(damaged\)/,
    ],
    [
      'the database of another program',
      (file) => {
        const other = path.join(makeFolder(), 'other.db');
        sql(other, (db) => db.exec('CREATE TABLE t (x)'));
        replace(file, zlib.gzipSync(fs.readFileSync(other)));
      },
      /no database of ours that can be used \(foreign\)/,
    ],
    [
      'another schema',
      altered('CREATE TRIGGER t AFTER INSERT ON record BEGIN SELECT 1; END'),
      /no database of ours that can be used \(altered\)/,
    ],
    [
      'of a newer version',
      altered('PRAGMA user_version = 99'),
      /a newer version of jest-testmon made it/,
    ],
    [
      'a folder',
      (file) => {
        fs.rmSync(file);
        fs.mkdirSync(file);
      },
      /^$/,
    ],
  ])('is ignored: %s', async (_name, damage, reason) => {
    const first = open();
    recordOne(first, 'a');
    await send(first);
    damage(bundle());
    const second = open();
    const { taken, records, refused, failure } = await take(second);
    expect({ taken, records, failure }).toEqual({ taken: 0, records: 0, failure: null });
    expect(refused.map((one) => one.reason).join()).toMatch(reason);
    expect(second.totals().records).toBe(0);
  });

  it.each([
    ['a hash that is not its own', 'UPDATE record SET hash = randomblob(32)'],
    ['a path that leads out of the root and back', "UPDATE test_file SET path = 'a/../../x'"],
    ['an absolute path', "UPDATE test_file SET path = '/etc/passwd'"],
    ['a value that is not sealed', "UPDATE record SET dependencies = x'0102'"],
  ])('leaves no record of %s', async (_name, statements) => {
    const first = open();
    recordOne(first, 'a');
    await send(first);
    altered(statements)(bundle());
    const second = open();
    await take(second);
    expect(second.totals().records).toBe(0);
  });

  it('is ignored beside good ones, which are taken', async () => {
    const first = open();
    recordOne(first, 'a');
    await send(first);
    altered('CREATE VIEW v AS SELECT 1')(bundle());
    recordOne(first, 'b', '1', 3);
    await send(first);
    const second = open();
    expect(await take(second)).toMatchObject({ taken: 1, records: 1, refused: [{}] });
    // Its content is what its name says, so it will never be another: it is not fetched again.
    expect(await take(second)).toMatchObject({ taken: 0, refused: [], bytes: 0 });
  });
});

it('fetches each bundle once', async () => {
  const first = open();
  recordOne(first, 'a');
  await send(first);
  const second = open();
  expect(await take(second)).toMatchObject({ taken: 1, records: 1 });
  expect(await take(second)).toMatchObject({ taken: 0, bytes: 0 });
  // Nor what it sent itself.
  expect(await take(first)).toMatchObject({ taken: 0, bytes: 0 });
  expect(await send(second)).toMatchObject({ bundles: 0 });
});

describe('what is too large for one bundle', () => {
  /** Without any record, a bundle takes this many bytes. */
  const EMPTY = 33 * 8192;

  it('is sent in several', async () => {
    const first = open();
    const { id } = first.findOrCreateEnvironment(KEY, 1);
    const records = Array.from({ length: 5 }, (_, nth) => {
      const shared = { blocks: [], dependencies: [dependency('a.json', 'x'.repeat(60_000 + nth))] };
      return record(id, `${nth}.test.js`, [], { shared });
    });
    first.commit(batch({ records }), 2);
    const sent = await push(first, settings, {
      now: 5,
      transfer: 60_000,
      largest: EMPTY + 200_000,
    });
    expect(sent).toMatchObject({ records: 5, failure: null });
    expect(sent.bundles).toBeGreaterThan(2);
    expect(await send(first)).toMatchObject({ bundles: 0 });
    const second = open();
    expect(await take(second)).toMatchObject({ taken: sent.bundles, records: 5, refused: [] });
    expect(second.snapshot()).toEqual(first.snapshot());
  });

  it('is said of one test file, and keeps no other from being sent', async () => {
    const first = open();
    recordOne(first, 'a');
    recordOne(first, 'b', 'x'.repeat(400_000), 3);
    recordOne(first, 'c', '1', 4);
    const sent = await push(first, settings, {
      now: 5,
      transfer: 60_000,
      largest: EMPTY + 200_000,
    });
    expect(sent).toMatchObject({ records: 2, failure: { reason: 'refused' } });
    expect(await send(first)).toMatchObject({ records: 1, failure: null });
  });
});

it('lets go of an account of bundles that are gone', async () => {
  const first = open();
  recordOne(first, 'a');
  await send(first);
  fs.rmSync(bundle());
  await take(first);
  expect(first.sharing(settings.place).taken().size).toBe(0);
});

it('keeps what many send at once for some rounds', async () => {
  const stores = Array.from({ length: 8 }, () => open());
  for (const round of [1, 2, 3])
    await Promise.all(
      stores.map(async (store, nth) => {
        expect(await take(store)).toMatchObject({ refused: [], failure: null });
        recordOne(store, `t${nth}`, String(round), round);
        expect(await send(store)).toMatchObject({ failure: null });
      }),
    );
  for (const store of [...stores, open()]) {
    expect(await take(store)).toMatchObject({ refused: [], failure: null });
    expect(store.totals()).toMatchObject({ testFiles: 8, records: 24 });
  }
});

it('says that a store is not there, and sends later', async () => {
  const store = open();
  recordOne(store, 'a');
  fs.renameSync(folder, `${folder}-away`);
  expect((await take(store)).failure).toMatchObject({ reason: 'unreachable' });
  expect((await send(store)).failure?.message).toMatch(/^there is no folder /);
  fs.renameSync(`${folder}-away`, folder);
  expect(await send(store)).toMatchObject({ bundles: 1, records: 1, failure: null });
});

it('is taken again where the database has removed its environment since', async () => {
  const first = open();
  recordOne(first, 'a');
  await send(first);
  recordOne(first, 'b', '1', 3);
  await send(first);
  const second = open();
  expect(await take(second)).toMatchObject({ taken: 2, records: 2 });
  for (let nth = 0; nth < MAX_ENVIRONMENTS; nth += 1) {
    const { id } = second.findOrCreateEnvironment({ ...KEY, hash: `other ${nth}` }, 10 + nth);
    second.commit(batch({ records: [record(id, 'a.test.js')] }), 10 + nth);
  }
  expect(second.knownEnvironment(KEY)).toBeNull();
  // A run begins by making it anew.
  second.findOrCreateEnvironment(KEY, 100);
  expect(await take(second)).toMatchObject({ taken: 2, records: 2 });
  expect(await take(second)).toMatchObject({ taken: 0, bytes: 0 });
});
