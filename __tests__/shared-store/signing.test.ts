import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { pull } from '../../src/shared-store/pull';
import { push } from '../../src/shared-store/push';
import { sharedSettings, type SharedSettings } from '../../src/shared-store/settings';
import { makeKeys, PRIVATE_KEY_VARIABLE } from '../../src/shared-store/signing';
import { batch, dependency, KEY, makeFolder, open, record } from '../store/helpers';

jest.setTimeout(120_000);

const keys = makeKeys();
let folder: string;

beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  delete process.env[PRIVATE_KEY_VARIABLE];
});

function settingsOf(more: object = {}): SharedSettings {
  const { publicKey } = keys;
  const url = pathToFileURL(folder).href;
  const option = { url, scope: 'main', write: true, timeout: 60_000, publicKey, ...more };
  const settings = sharedSettings(option, {});
  if (settings === null) throw new Error('no settings');
  return settings;
}

/** Records something on a new machine, and sends it. */
async function send(privateKey: string | null, settings: SharedSettings): Promise<string | null> {
  if (privateKey === null) delete process.env[PRIVATE_KEY_VARIABLE];
  else process.env[PRIVATE_KEY_VARIABLE] = privateKey;
  const store = open();
  const { id } = store.findOrCreateEnvironment(KEY, 1);
  const shared = { blocks: [], dependencies: [dependency('a.json')] };
  store.commit(batch({ records: [record(id, 'a.test.js', [], { shared })] }), 2);
  return (await push(store, settings, { now: 5, transfer: 60_000 })).failure?.message ?? null;
}

/** What a new machine that knows the public key takes of it. */
async function take(): Promise<{ taken: number; reasons: string[] }> {
  const options = { environments: [KEY], now: 5 };
  const { taken, refused } = await pull(open(), settingsOf(), options);
  return { taken, reasons: refused.map(({ reason }) => reason) };
}

const REFUSED = { taken: 0, reasons: ['it is not signed with the right key'] };

it('believes what is signed with the right key', async () => {
  expect(await send(keys.privateKey, settingsOf())).toBeNull();
  expect(await take()).toEqual({ taken: 1, reasons: [] });
});

it('believes nothing that is not signed', async () => {
  expect(await send(null, settingsOf({ publicKey: undefined }))).toBeNull();
  expect(await take()).toEqual(REFUSED);
});

it('believes nothing that is signed with another key', async () => {
  const { privateKey } = makeKeys();
  expect(await send(privateKey, settingsOf({ publicKey: undefined }))).toBeNull();
  expect(await take()).toEqual(REFUSED);
});

it('believes nothing that was signed for another scope', async () => {
  expect(await send(keys.privateKey, settingsOf({ scope: 'pr/7' }))).toBeNull();
  const bundles = path.join(folder, 'bundles');
  fs.renameSync(path.join(bundles, 'pr%2F7'), path.join(bundles, 'main'));
  expect(await take()).toEqual(REFUSED);
});

it('believes no other content under a signed name', async () => {
  await send(keys.privateKey, settingsOf());
  const scope = path.join(folder, 'bundles', 'main');
  const [name = ''] = fs.readdirSync(scope);
  fs.writeFileSync(path.join(scope, name), 'other');
  expect(await take()).toEqual({ taken: 0, reasons: ['its content is not what its name says'] });
});

it('sends nothing that nobody would believe', async () => {
  expect(await send(null, settingsOf())).toMatch(/^TESTMON_SHARED_PRIVATE_KEY is not set/);
  expect(await send(makeKeys().privateKey, settingsOf())).toMatch(/is not the other half/);
  const wrong = await send('c2VjcmV0', settingsOf());
  expect(wrong).toBe('TESTMON_SHARED_PRIVATE_KEY holds no Ed25519 key');
  expect(fs.existsSync(path.join(folder, 'bundles'))).toBe(false);
});
