/**
 * Commits one test file after the other: `child.ts <database> <name> <commits> [<reading> <timeout>]`. Says each that is
 * done. Reading a record takes as many milliseconds, and a lock is waited for as many.
 */
import { makeBatch, Store } from '../../src/store';
import type { TestFileRecord } from '../../src/records/types';

const [, , file = '', name = '', commits = '0', reading = '0', timeout = '30000'] = process.argv;
const store = Store.open(file, { timeout: Number(timeout) });
const { id } = store.findOrCreateEnvironment(
  { name: '', project: '.', nodeMajor: 20, platform: 'linux', hash: 'h1' },
  1,
);

for (let nth = 0; nth < Number(commits); nth += 1) {
  const blocks = Array.from({ length: 100 }, (_, source) => ({
    version: {
      path: `src/${name}-${nth % 5}-${source}.js`,
      contentHash: `${nth}`,
      form: 'commonjs' as const,
      fingerprints: Buffer.alloc(80, nth),
      places: 'x'.repeat(200),
    },
    bits: Uint8Array.of(255, 1),
  }));
  const record: TestFileRecord = {
    environmentId: id,
    path: `${name}-${nth}.test.js`,
    outcome: 'passed',
    complete: true,
    duration: 1,
    recordedAt: nth,
    shared: { blocks, dependencies: [] },
    tests: [],
  };
  store.commit(makeBatch({ records: read(record) }), nth);
  process.stdout.write('committed\n');
}
store.close();

/** As from a long journal. */
function* read(record: TestFileRecord): Generator<TestFileRecord> {
  if (Number(reading) > 0)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(reading));
  yield record;
}
