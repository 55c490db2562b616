import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { StatCache } from '../../../src/dependencies/files/stat-cache';
import { PackageReader } from '../../../src/dependencies/packages/packages';
import { AGED, isText, writeBelow } from '../written';

let folder: string;
let kept: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-reads-'));
  kept = path.join(folder, 'cache', 'kept.json');
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): string => writeBelow(folder, name, text);

/** What one run sees of a file, and whether it had to read it. */
function run(file: string): { value: string | null; read: boolean } {
  const reads = new StatCache(kept);
  let read = false;
  const value = reads.of(
    file,
    (place) => {
      read = true;
      return fs.readFileSync(place, 'utf8');
    },
    isText,
  );
  reads.save();
  return { value, read };
}

test('what stayed the same is read once', async () => {
  const file = write('a.txt', 'one');
  await wait(AGED);
  expect(run(file)).toEqual({ value: 'one', read: true });
  expect(run(file)).toEqual({ value: 'one', read: false });
});

test('what changed is read again, also with the size and the time of before', async () => {
  const file = write('a.txt', 'one');
  const longAgo = new Date('1985-10-26T08:15:00Z');
  fs.utimesSync(file, longAgo, longAgo);
  await wait(AGED);
  run(file);
  fs.writeFileSync(file, 'two');
  fs.utimesSync(file, longAgo, longAgo);
  expect(run(file)).toEqual({ value: 'two', read: true });
});

test('what was written just now is not kept', () => {
  const file = write('a.txt', 'one');
  run(file);
  expect(run(file)).toEqual({ value: 'one', read: true });
});

test('what is not there is asked for each time', async () => {
  const file = path.join(folder, 'a.txt');
  expect(run(file)).toEqual({ value: null, read: false });
  write('a.txt', 'one');
  await wait(AGED);
  expect(run(file).value).toBe('one');
  fs.rmSync(file);
  expect(run(file).value).toBeNull();
});

test.each([
  ['no JSON', '{"version":2,'],
  ['nothing', ''],
  ['another version', '{"version":1,"entries":{"FILE":["",""]}}'],
  ['entries of another shape', '{"version":2,"entries":{"FILE":7}}'],
  ['no entries', '{"version":2,"entries":null}'],
])('a kept file with %s is as none', async (_case, text) => {
  const file = write('a.txt', 'one');
  await wait(AGED);
  write('cache/kept.json', text.replace('FILE', file));
  expect(run(file)).toEqual({ value: 'one', read: true });
});

test('a kept value of another shape is read again', async () => {
  const file = write('a.txt', 'one');
  await wait(AGED);
  run(file);
  fs.writeFileSync(kept, fs.readFileSync(kept, 'utf8').replace('"one"', '1'));
  expect(run(file)).toEqual({ value: 'one', read: true });
});

test('a file that cannot be written costs nothing but the time', async () => {
  const file = write('a.txt', 'one');
  await wait(AGED);
  write('cache', 'a file in the place of the folder');
  expect(run(file)).toEqual({ value: 'one', read: true });
});

test('a package that is updated, removed or comes to hold another is seen by the next run', async () => {
  const manifest = write('node_modules/pkg/package.json', '{"name":"pkg","version":"1.0.0"}');
  await wait(AGED);
  const value = (): string => {
    const reader = new PackageReader(folder, kept);
    const seen = reader.value(path.dirname(manifest));
    reader.keep();
    return seen;
  };
  expect(value()).toBe('1.0.0');
  expect(value()).toBe('1.0.0');
  write('node_modules/pkg/node_modules/inner/package.json', '{}');
  expect(value()).toMatch(/^1\.0\.0\+/);
  fs.writeFileSync(manifest, '{"name":"pkg","version":"2.0.0"}');
  expect(value()).toMatch(/^2\.0\.0\+/);
  fs.rmSync(path.dirname(manifest), { recursive: true });
  expect(value()).toBe('');
});
