/**
 * The store at the size it is made for: 10,000 test files, 100,000 tests, 50,000 source files, 300 files and 3,000
 * blocks per test file. Prints sizes and times.
 *
 *   node --max-old-space-size=6000 -r ts-node/register/transpile-only bench/scale.ts [scale] [rounds]
 *
 * `scale` is a part of the whole (default 1); `rounds` full runs follow in which every test file records anew.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { decodeBlocks, decodeIds, makeBatch, Store } from '../src/store';
import type { Dependency, ExecutedBlocks, FileVersion, TestFileRecord } from '../src/store/types';

const scale = Number(process.argv[2] ?? 1);
const rounds = Number(process.argv[3] ?? 0);
const TEST_FILES = Math.round(10_000 * scale);
const SOURCE_FILES = Math.round(50_000 * scale);
const FILES_PER_TEST_FILE = 300;
const TESTS_PER_TEST_FILE = 10;

let seed = 1;
/** A whole number below `limit`; the same sequence every time. */
function random(limit: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % limit;
}

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

function makeVersion(index: number, edit = 0): FileVersion {
  const blocks = 5 + ((index * 7919) % 61);
  const fingerprints = Buffer.alloc(blocks * 8);
  for (let block = 0; block < blocks; block += 1) {
    const changed = block === blocks - 1 ? edit : 0;
    fingerprints.write(sha1(`${index}/${block}/${changed}`), block * 8, 8, 'hex');
  }
  let line = 1;
  const places = Array.from(
    { length: blocks },
    (_, block) => `${(line += 3)}:${line + 2}:${block % 3 === 0 ? `function${block}` : ''}`,
  );
  return {
    path: `packages/part${index % 40}/src/feature${index % 400}/module-${index}.ts`,
    contentHash: sha1(`content ${index} ${edit}`),
    form: 'commonjs',
    fingerprints,
    places: places.join(','),
  };
}

const versions = Array.from({ length: SOURCE_FILES }, (_, index) => makeVersion(index));
const dependencies: Dependency[] = Array.from({ length: 500 }, (_, index) => ({
  kind: 'package',
  name: `node_modules/package-${index}`,
  value: `1.${index}.0`,
}));

const pool = new Map<string, Uint8Array>();

/** Some of a file's blocks. Out of a pool, so that the made-up data fits into memory. */
function pick(chance: number, blocks: number): Uint8Array {
  const key = `${chance} ${blocks} ${random(64)}`;
  let bits = pool.get(key);
  if (bits === undefined) {
    bits = new Uint8Array(Math.ceil(blocks / 8));
    bits[0] = 1;
    for (let block = 1; block < blocks; block += 1)
      if (random(1000) < chance) bits[block >> 3] = (bits[block >> 3] ?? 0) | (1 << (block & 7));
    pool.set(key, bits);
  }
  return bits;
}

function makeRecord(environmentId: number, index: number, at: number): TestFileRecord {
  // Files near each other are used together, and a core is used by all.
  const start = random(SOURCE_FILES);
  const files = Array.from({ length: FILES_PER_TEST_FILE }, (_, nth) =>
    must(versions[(nth < 40 ? nth * 3 : start + nth * 2) % SOURCE_FILES]),
  );
  const shared: ExecutedBlocks[] = files.map((version) => ({
    version,
    bits: pick(170, version.fingerprints.length / 8),
  }));
  return {
    environmentId,
    path: `packages/part${index % 40}/test/feature-${index}.test.ts`,
    outcome: 'passed',
    complete: true,
    duration: 100 + random(2_000),
    recordedAt: at,
    shared: {
      blocks: shared,
      dependencies: Array.from({ length: 60 }, () => must(dependencies[random(500)])),
    },
    tests: Array.from({ length: TESTS_PER_TEST_FILE }, (_, test) => ({
      name: ['a feature', `does the thing number ${test} of file ${index}`],
      ordinal: 0,
      outcome: 'passed',
      duration: random(200),
      blocks: files
        .slice(test * 12, test * 12 + 60)
        .map((version) => ({ version, bits: pick(60, version.fingerprints.length / 8) })),
      dependencies: [must(dependencies[random(500)])],
    })),
  };
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is no value');
  return value;
}

function timed<T>(what: string, work: () => T): T {
  const cpuBefore = process.cpuUsage();
  const start = process.hrtime.bigint();
  const result = work();
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  const { user, system } = process.cpuUsage(cpuBefore);
  // CPU time too: others may keep the machine busy.
  const cpu = (user + system) / 1e3;
  console.log(
    `${what.padEnd(50)} ${took.toFixed(0).padStart(7)} ms, CPU ${cpu.toFixed(0).padStart(7)} ms`,
  );
  return result;
}

function sizeOf(file: string): string {
  return `${(fs.statSync(file).size / 1e6).toFixed(1)} MB`;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-scale-'));
const file = path.join(folder, '.testmondata');
try {
  let now = 1_700_000_000_000;
  const store = timed('open a new database', () => Store.open(file));
  const { id } = store.findOrCreateEnvironment(
    { name: '', project: '.', nodeMajor: 20, platform: 'linux', hash: 'h' },
    now,
  );
  let records = timed('(make up records)', () =>
    Array.from({ length: TEST_FILES }, (_, index) => makeRecord(id, index, now)),
  );
  const executed = records.reduce((sum, { shared, tests }) => {
    const all = new Map<FileVersion, Uint8Array>();
    for (const { version, bits } of [...shared.blocks, ...tests.flatMap(({ blocks }) => blocks)]) {
      const known = all.get(version) ?? new Uint8Array(bits.length);
      bits.forEach((byte, at) => (known[at] = (known[at] ?? 0) | byte));
      all.set(version, known);
    }
    for (const bits of all.values())
      for (const byte of bits) for (let rest = byte; rest > 0; rest &= rest - 1) sum += 1;
    return sum;
  }, 0);
  console.log(
    `${TEST_FILES} test files, ${SOURCE_FILES} source files, ${(executed / TEST_FILES).toFixed(0)} blocks per test file`,
  );
  const fileStates = versions.map((version, index) => ({
    path: version.path,
    size: 1_000 + index,
    mtime: String(1_700_000_000_000_000_000n + BigInt(index) * 1_000_003n),
    ctime: String(1_700_000_000_000_000_000n + BigInt(index) * 1_000_007n),
    inode: String(1_000_000 + index),
    contentHash: version.contentHash,
  }));
  timed('commit a full run', () => store.commit({ ...makeBatch(), records, fileStates }, now));
  console.log(`size ${sizeOf(file)}`);
  now += 60_000;
  timed('commit 50 test files that say the same', () =>
    store.commit({ ...makeBatch(), records: records.slice(0, 50) }, now),
  );
  now += 60_000;
  for (let index = 0; index < SOURCE_FILES; index += 500) versions[index] = makeVersion(index, 1);
  timed('commit 50 test files that say something new', () =>
    store.commit(
      {
        ...makeBatch(),
        records: Array.from({ length: 50 }, (_, index) => makeRecord(id, index, now)),
      },
      now,
    ),
  );
  store.close();
  reload();
  for (let round = 1; round <= rounds; round += 1) {
    now += 60_000;
    records = Array.from({ length: TEST_FILES }, (_, index) => makeRecord(id, index, now));
    const again = Store.open(file);
    timed(`round ${round}: commit a full run`, () =>
      again.commit({ ...makeBatch(), records }, now),
    );
    again.close();
    console.log(`size ${sizeOf(file)}`);
  }
  if (rounds > 0) reload();
} finally {
  fs.rmSync(folder, { recursive: true });
}

function reload(): void {
  const store = timed('open', () => Store.open(file));
  const data = timed('load all for selection', () => store.load(1));
  timed('decode all newest records', () => {
    for (const {
      records: [record],
    } of data.testFiles.values()) {
      if (record === undefined) continue;
      decodeBlocks(record.blocks);
      decodeIds(record.dependencies);
    }
  });
  timed('load file states', () => store.fileStates());
  const paths = [...data.testFiles.keys()];
  timed('load 5 test files', () => store.load(1, paths.slice(0, 5)));
  timed('load 200 test files', () => store.load(1, paths.slice(0, 200)));
  const matched = [...data.testFiles.values()].flatMap(({ records }) => records[0]?.id ?? []);
  timed('commit that all match', () =>
    store.commit({ ...makeBatch(), matched }, 1_800_000_000_000),
  );
  store.close();
}
