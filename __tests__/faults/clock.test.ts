import * as path from 'node:path';
import { afterEach, describe, expect, it, jest, test } from '@jest/globals';
import { MAX_ENVIRONMENTS } from '../../src/store/write/environments';
import { Project } from '../integration/harness';
import { batch, KEY, open, record } from '../store/helpers';

jest.setTimeout(300_000);

const YEAR = 365 * 24 * 3_600_000;
const NOW = 60 * YEAR;

describe('a store that was used while the clock was ahead', () => {
  it('keeps what is recorded once it is right again', () => {
    const store = open();
    const { id } = store.findOrCreateEnvironment(KEY, NOW + YEAR);
    const commit = (value: string, now: number) =>
      store.commit(
        batch({
          keep: 3,
          records: [
            record(id, 'a.test.js', [], {
              recordedAt: now,
              shared: { blocks: [], dependencies: [{ kind: 'file', name: 'a.json', value }] },
            }),
          ],
        }),
        now,
      );
    for (const value of ['1', '2', '3']) commit(value, NOW + YEAR);
    const stored = () => store.load(id).testFiles.get('a.test.js')?.records ?? [];
    const [, , first] = stored();
    commit('4', NOW);
    // The oldest made room; what came last comes first.
    expect(stored().map(({ id: of }) => of)).not.toContain(first?.id);
    const [latest, , oldest] = stored();
    expect(latest?.id).toBeGreaterThan(oldest?.id ?? 0);
    // What is matched now is the last that goes.
    store.commit(batch({ matched: [oldest?.id ?? 0] }), NOW + 1);
    commit('5', NOW + 2);
    expect(stored().map(({ id: of }) => of)).toContain(oldest?.id);
  });

  it('keeps the environment that is in use', () => {
    const store = open();
    for (let nth = 0; nth < MAX_ENVIRONMENTS; nth += 1)
      store.findOrCreateEnvironment({ ...KEY, hash: `h${nth}` }, NOW + YEAR + nth);
    const { id } = store.findOrCreateEnvironment({ ...KEY, hash: 'now' }, NOW);
    store.commit(batch({ records: [record(id, 'a.test.js')] }), NOW);
    expect(store.load(id).testFiles.size).toBe(1);
  });

  it('does not mind a time that is none', () => {
    const store = open();
    const { id } = store.findOrCreateEnvironment(KEY, NOW);
    for (const now of [Number.MAX_SAFE_INTEGER, NaN, -5, Infinity, NOW])
      store.commit(batch({ records: [record(id, 'a.test.js')] }), now);
    expect(store.load(id).testFiles.size).toBe(1);
  });
});

let project: Project;
afterEach(() => project?.remove());

test('runs under a clock that jumps forward and back select by content alone', () => {
  project = new Project({
    'jest.config.js': 'module.exports = { transform: {} };',
    'src/one.js': 'exports.one = () => 1;\n',
    '__tests__/one.test.js':
      "test('one', () => { expect(require('../src/one').one()).toBe(1); });\n",
    '__tests__/two.test.js': "test('two', () => {});\n",
  });
  const at = (years: number) =>
    project.run([], {
      env: {
        NODE_OPTIONS: `--require=${path.join(__dirname, 'fixtures/shifted-clock.js')}`,
        SHIFT: String(years * YEAR),
      },
    });
  const one = ['__tests__/one.test.js'];
  expect(at(0)).toMatchObject({ exitCode: 0, ran: [...one, '__tests__/two.test.js'] });
  expect(at(10)).toMatchObject({ exitCode: 0, ran: [] });
  project.edit('src/one.js', '1;', '2;');
  expect(at(10)).toMatchObject({ exitCode: 1, ran: one });
  expect(at(-10)).toMatchObject({ exitCode: 1, ran: one });
  project.edit('src/one.js', '2;', '1;');
  expect(at(-10)).toMatchObject({ exitCode: 0, ran: one });
  expect(at(-20)).toMatchObject({ exitCode: 0, ran: [] });
  project.edit('src/one.js', '1;', '1 + 0;');
  expect(at(-20)).toMatchObject({ exitCode: 0, ran: one });
  expect(at(0)).toMatchObject({ exitCode: 0, ran: [] });
});
