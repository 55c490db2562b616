import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { push, sharedSettings } from '../../src/shared-store';
import { MANY_BUNDLES } from '../../src/shared-store/compact';
import type { Snapshot } from '../../src/store';
import { batch, dependency, open, record } from '../store/helpers';
import { ENTRY, type Project } from './harness';
import { bundle, bundles, MAIN, machine, run, runOnMain, share } from './shared-machines';

jest.setTimeout(300_000);

it('says where the records are from that are of no use here', () => {
  runOnMain(machine());
  const other = machine({
    'jest.config.js': 'module.exports = { injectGlobals: true, testTimeout: 9 };',
  });
  const result = run(other);
  expect(result.ran).toHaveLength(2);
  expect(result.messages[0]).toMatch(
    /recorded with another Jest config, transformer or Jest version/,
  );
  const file = bundle();
  fs.renameSync(file, file.replace(/node\d+\.\w+-[\da-f]{16}/, `node19.beos-${'0'.repeat(16)}`));
  expect(run(machine()).messages[0]).toMatch(
    /recorded on other machines \(node19\.beos\), and this is node/,
  );
});

it('has machines record and share at once, and loses nothing', async () => {
  const names = Array.from({ length: 4 }, (_, nth) => `t${nth}`);
  const files = Object.fromEntries(
    names.flatMap((name) => [
      [`${name}.js`, 'exports.value = () => 0;'],
      [`${name}.test.js`, `test('x', () => { require('./${name}').value(); });`],
    ]),
  );
  const all = names.map(() => machine(files));
  for (const round of [1, 2]) {
    const edited = all.map((project, nth) => {
      project.write({ [`t${nth}.js`]: `exports.value = () => ${round};` });
      const env = { TESTMON_SHARED: `file://${share()}`, ...MAIN };
      return project.start([`t${nth}\\.test`], { env }).done;
    });
    for (const { exitCode } of await Promise.all(edited)) expect(exitCode).toBe(0);
  }
  const last = machine({
    ...files,
    ...Object.fromEntries(names.map((n) => [`${n}.js`, 'exports.value = () => 2;'])),
  });
  expect(run(last).ran).toEqual(['./a.test.js', './b.test.js']);
});

it.each(['a run', 'push'])(
  'keeps as many records in a snapshot as the project: %s',
  async (how) => {
    const config = {
      'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)})
      .withTestmon({}, { shared: 'file://${share()}', keepRecords: 100 });`,
    };
    const first = machine(config);
    expect(runOnMain(first).passed).toHaveLength(2);
    const [key] = recordsOf(first);
    const option = { url: `file://${share()}`, scope: 'main', write: true, timeout: 60_000 };
    const settings = sharedSettings(option, {});
    if (key === undefined || settings === null) throw new Error('nothing is recorded');
    const others = open();
    for (let nth = 0; nth < MANY_BUNDLES; nth += 1) {
      const now = Date.now();
      const { id } = others.findOrCreateEnvironment(key, now);
      const shared = { blocks: [], dependencies: [dependency('state.json', `${nth}`)] };
      others.commit(batch({ records: [record(id, 'a.test.js', [], { shared })], keep: 100 }), now);
      const options = { now, transfer: 60_000, many: 1000 };
      expect(await push(others, settings, options)).toMatchObject({ bundles: 1, failure: null });
    }
    const second = machine({ ...config, 'b.js': 'exports.b = () => 1 + 1;' });
    const env = how === 'push' ? {} : MAIN;
    expect(run(second, { env }).passed).toEqual(['./b.test.js']);
    if (how === 'push') expect(run(second, { env: MAIN }, ['push'])).toMatchObject({ exitCode: 0 });
    const singles = bundles().filter((file) => !file.includes('-all-'));
    expect(singles.length).toBeLessThan(bundles().length);
    for (const file of singles) fs.rmSync(file);
    const third = machine(config);
    expect(run(third, {}, ['pull'])).toMatchObject({ exitCode: 0 });
    const [a] = recordsOf(third)[0]?.testFiles ?? [];
    expect([a?.path, a?.records.length]).toEqual(['a.test.js', MANY_BUNDLES + 1]);
  },
);

it('believes signed bundles alone, where there is a key', () => {
  const keys = JSON.parse(run(machine(), {}, ['shared', 'keys', '--json']).stdout) as Record<
    'publicKey' | 'privateKey',
    string
  >;
  const config = {
    'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)})
      .withTestmon({}, { shared: { url: 'file://${share()}', publicKey: '${keys.publicKey}' } });`,
  };
  const unsigned = machine(config).run([], { env: MAIN });
  expect(unsigned.messages.at(-1)).toMatch(/^TESTMON_SHARED_PRIVATE_KEY is not set/);
  expect(bundles()).toEqual([]);
  const key = { TESTMON_SHARED_PRIVATE_KEY: keys.privateKey };
  const signed = machine(config).run([], { env: { ...MAIN, ...key } });
  expect(signed.stderr).not.toContain(keys.privateKey);
  expect(machine(config).run().ran).toEqual([]);
  // The same content for another scope, or under another's signature, is nobody's word.
  const file = bundle();
  fs.renameSync(file, file.replace(/\.[\w-]{86}$/, `.${'A'.repeat(86)}`));
  const forged = machine(config).run();
  expect(forged.ran).toHaveLength(2);
  expect(forged.messages[0]).toMatch(
    /1 bundle of .* is ignored: it is not signed with the right key/,
  );
});

function recordsOf(project: Project): Snapshot['environments'] {
  return open(project.path('.testmondata'), { readonly: true }).snapshot().environments;
}

describe('shards that balance their time', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const files = Object.fromEntries(
    names.flatMap((name) => [
      [`${name}.js`, `exports.${name} = () => 1;`],
      [`${name}.test.js`, `test('x', () => expect(require('./${name}').${name}()).toBe(1));`],
    ]),
  );
  const config = () => ({
    'jest.config.js': `module.exports = require(${JSON.stringify(ENTRY)})
      .withTestmon({}, { shared: { url: 'file://${share()}', balanceShards: true, timeout: 20_000 } });`,
  });
  const env = (id: string) => ({ ...MAIN, GITHUB_RUN_ID: id });

  it('run every test file once, whatever each of them finds in its own database', () => {
    const first = machine({ ...files, ...config() });
    const shards = [first, machine({ ...files, ...config() })];
    // One of them has records that the other lacks.
    expect(first.run([], { env: { ...MAIN, TESTMON_SHARED: 'off' } }).ran).toHaveLength(6);
    first.edit('a.js', '=> 1', '=> 2 - 1');
    shards[1]?.edit('a.js', '=> 1', '=> 2 - 1');
    const [one = [], two = []] = shards.map(
      (project, nth) => project.run([`--shard=${nth + 1}/2`], { env: env('1') }).ran,
    );
    // The first finds one test file affected, the second all that are its own.
    expect(one.length + two.length).toBeLessThan(6);
    expect([...one, ...two]).toContain('./a.test.js');
    // With no records at all, they are divided too.
    fs.rmSync(path.join(share(), 'bundles'), { recursive: true });
    const fresh = [1, 2].map((nth) =>
      machine({ ...files, ...config() }).run([`--shard=${nth}/2`], { env: env('2') }),
    );
    const ran = fresh.map((result) => result.ran);
    expect(ran.flat().sort()).toEqual(names.map((name) => `./${name}.test.js`));
    expect(ran[0]).toHaveLength(3);
  });

  it('take every test file where they cannot learn whose it is', () => {
    const project = machine({ ...files, ...config() });
    fs.rmSync(share(), { recursive: true });
    const { ran, messages, exitCode } = project.run(['--shard=2/2'], { env: env('3') });
    expect({ ran: ran.length, exitCode }).toEqual({ ran: 6, exitCode: 0 });
    expect(messages).toContainEqual(
      expect.stringMatching(
        /could not be used, so this shard cannot tell .* takes those of all\.$/,
      ),
    );
  });
});
