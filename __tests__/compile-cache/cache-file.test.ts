import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vm from 'node:vm';
import * as zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Archive } from '../../src/compile-cache/archive';
import { CacheFile, openArchive, writeArchive } from '../../src/compile-cache/cache-file';

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compile-cache-'));
  file = path.join(folder, 'cache', 'v0');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const installed = (name: string): string => {
  const place = path.join(folder, 'node_modules', name);
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.writeFileSync(place, '');
  return place;
};
const NOTHING = new Archive(() => Buffer.alloc(0), zlib.crc32);
const archive = () => openArchive(file, zlib.crc32) ?? NOTHING;
const open = () => new CacheFile(file, archive(), zlib.crc32);
const add = (name: string, length = 200_000): void => {
  const cache = open();
  cache.missed(name, 1, new vm.Script(`(function () { return ${JSON.stringify(name)}; })`), length);
  cache.flush();
};
/** Where a link leads; empty where it is gone. */
const linkOf = (link: string): string => {
  try {
    return fs.readlinkSync(link);
  } catch {
    return '';
  }
};
const kept = () => [...archive().files()];

describe('the file of compiled code', () => {
  test('takes modules of packages and our own, but small ones', () => {
    const cache = open();
    const own = path.resolve(__dirname, '../../src/index.js');
    const places = [installed('a/index.js'), own, path.join(folder, 'src/index.js')];
    expect(places.map((name) => cache.keeps(name))).toEqual([true, true, false]);
    expect([cache.isWorthStoring('x'.repeat(1_000)), cache.isWorthStoring('short')]).toEqual([
      true,
      false,
    ]);
  });

  test('keeps what others added meanwhile, and nothing of files that are gone', () => {
    const [a, b, gone] = [installed('a.js'), installed('b.js'), installed('gone.js')];
    const early = open();
    add(a);
    add(gone);
    expect(kept()).toEqual([a, gone]);
    fs.rmSync(gone);
    early.missed(b, 1, new vm.Script('1'), 200_000);
    early.flush();
    expect(kept()).toEqual([a, b]);
  });

  (fs.existsSync('/proc/self/fd') ? test : test.skip)(
    'leaves no file open when it is written',
    () => {
      const opened = (): number =>
        fs
          .readdirSync('/proc/self/fd')
          .filter((fd) => linkOf(path.join('/proc/self/fd', fd)).startsWith(file)).length;
      add(installed('a.js'));
      const cache = open();
      const before = opened();
      for (const name of ['b.js', 'c.js', 'd.js']) {
        cache.missed(installed(name), 1, new vm.Script('1'), 200_000);
        cache.flush();
      }
      expect(opened()).toBe(before);
      expect(kept()).toHaveLength(4);
    },
  );

  test('makes room by what was not needed', () => {
    const [a, b, c] = [installed('a.js'), installed('b.js'), installed('c.js')];
    const most = 64 << 20;
    const large = new Map([
      [a, { source: 1, code: Buffer.alloc(1000) }],
      [b, { source: 1, code: Buffer.alloc(most) }],
    ]);
    writeArchive(file, large, zlib.crc32);
    const cache = open();
    expect(cache.find(a)).toEqual(large.get(a));
    cache.missed(c, 1, new vm.Script('1'), 200_000);
    cache.flush();
    expect(kept()).toEqual([a, c]);
  });

  test('is not written for little', () => {
    add(installed('a.js'), 1000);
    expect(fs.existsSync(file)).toBe(false);
  });

  test('notes that a module is for Node to compile', () => {
    const cache = open();
    cache.missed(installed('a.js'), 7, null, 200_000);
    cache.flush();
    expect(open().find(installed('a.js'))).toEqual({ source: 7, code: Buffer.alloc(0) });
  });

  test('takes what is old beside it away', () => {
    fs.mkdirSync(path.dirname(file));
    const [old, young] = [path.join(folder, 'cache', 'old'), path.join(folder, 'cache', 'young')];
    for (const name of [old, young]) fs.writeFileSync(name, '');
    const before = (Date.now() - 31 * 24 * 60 * 60 * 1000) / 1000;
    fs.utimesSync(old, before, before);
    writeArchive(file, new Map(), zlib.crc32);
    expect(fs.readdirSync(path.dirname(file)).sort()).toEqual(['v0', 'young']);
  });
});
