import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach } from '@jest/globals';
import { Database } from '../sqlite';
import { Store, StoreError, type StoreErrorReason } from '../../src/store';
import type {
  Dependency,
  EnvironmentKey,
  ExecutedBlocks,
  FileVersion,
  TestFileRecord,
  TestResultRecord,
} from '../../src/records/types';

const folders: string[] = [];
const stores: Store[] = [];

afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

/** In memory where that is possible: every commit waits for the disk, and there are thousands. */
const TEMPORARY = fs.existsSync('/dev/shm') ? '/dev/shm' : fs.realpathSync(os.tmpdir());

/** A folder that is gone after the test. */
export function makeFolder(): string {
  const folder = fs.mkdtempSync(path.join(TEMPORARY, 'testmon-store-'));
  folders.push(folder);
  return folder;
}

/** The path of a database that does not exist yet. */
export function newFile(): string {
  return path.join(makeFolder(), '.testmondata');
}

/** A store that is closed after the test. */
export function open(file = newFile(), options: Parameters<typeof Store.open>[1] = {}): Store {
  const store = Store.open(file, options);
  stores.push(store);
  return store;
}

/** Works on the database behind the store's back. */
export function sql<T>(file: string, work: (db: Database) => T): T {
  const db = new Database(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** What the work throws: it must be a StoreError. */
export function storeError(work: () => unknown): { reason: StoreErrorReason; message: string } {
  try {
    work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { reason: error.reason, message: error.message };
  }
  throw new Error('nothing was thrown');
}

export const KEY: EnvironmentKey = {
  name: '',
  project: '.',
  nodeMajor: 20,
  platform: 'linux',
  hash: 'h1',
};

export { makeBatch as batch } from '../../src/store';

export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

/** A file version; its blocks are given by name, equal names are equal blocks. */
export function version(
  file: string,
  blocks: readonly string[],
  parts: Partial<Pick<FileVersion, 'contentHash' | 'form' | 'places'>> = {},
): FileVersion {
  const fingerprints = Buffer.concat(
    blocks.map((block) => createHash('sha1').update(`${file} ${block}`).digest().subarray(0, 8)),
  );
  const contentHash = sha1(`${file} ${blocks.join()}`);
  return { path: file, contentHash, form: 'commonjs', fingerprints, places: '', ...parts };
}

/** The given blocks of a version, executed. */
export function executed(of: FileVersion, ...blocks: number[]): ExecutedBlocks {
  const bits = new Uint8Array(Math.ceil(of.fingerprints.length / 64));
  for (const block of blocks) bits[block >> 3] = (bits[block >> 3] ?? 0) | (1 << (block & 7));
  return { version: of, bits };
}

export function dependency(
  name: string,
  value = 'v1',
  kind: Dependency['kind'] = 'file',
): Dependency {
  return { kind, name, value };
}

export function test(name: string, parts: Partial<TestResultRecord> = {}): TestResultRecord {
  return {
    name: [name],
    ordinal: 0,
    outcome: 'passed',
    duration: 5,
    blocks: [],
    dependencies: [],
    ...parts,
  };
}

/** A passing, complete record; `blocks` are those of the shared part. */
export function record(
  environmentId: number,
  file: string,
  blocks: ExecutedBlocks[] = [],
  parts: Partial<TestFileRecord> = {},
): TestFileRecord {
  return {
    environmentId,
    path: file,
    outcome: 'passed',
    complete: true,
    duration: 100,
    recordedAt: 1_000,
    shared: { blocks, dependencies: [] },
    tests: [],
    ...parts,
  };
}

/** A value that must be there. */
export function must<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('there is no value');
  return value;
}

/** The number of rows of a table. */
export function rows(file: string, table: string): number {
  return sql(
    file,
    (db) => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0,
  );
}
