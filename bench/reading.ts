/**
 * What once took time in the square of a size: each with a size, and with four times as much.
 *
 *   npm run bench -- reading [--source <folder of another checkout's src>] [--rounds 3]
 */
import childProcess from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import type { TestResultRecord } from '../src/records/types';
import { machine, median } from './support/measure';
import { printTable } from './support/results';

const program = new Command('reading')
  .option('--source <folder>', 'what is measured', path.join(__dirname, '../src'))
  .option('--rounds <count>', 'how often each is measured', '3')
  .parse();
const given = program.opts<{ source: string; rounds: string }>();
const source = path.resolve(given.source);
const rounds = Number(given.rounds);

const load = createRequire(path.join(source, 'index.ts'));

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-reading-'));

/** Prepares the work of a size, which is then measured. */
type Prepare = (size: number) => () => void;

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

function signature(text: (size: number) => string): Prepare {
  const { declarationSignature } = load(
    './dependencies/declaration-signature',
  ) as typeof import('../src/dependencies/declaration-signature');
  return (size) => {
    const code = text(size);
    return () => declarationSignature(code, 'types');
  };
}

/** Test files, each selected by a fixture of its own. */
const report: Prepare = (size) => {
  const { buildReport } = load('./report/build') as typeof import('../src/report/build');
  const dependencies = new Map(
    Array.from({ length: size }, (_, id) => [
      id,
      { kind: 'file' as const, name: `${id}.txt`, value: '' },
    ]),
  );
  const judged = Array.from({ length: size }, (_, id) => ({
    path: `${id}.test.js`,
    decision: {
      affected: true as const,
      reason: 'changed' as const,
      mismatch: { versions: [], dependencies: [id] },
      recordId: 0,
    },
    duration: undefined,
    skips: null,
  }));
  const data = {
    versions: new Map(),
    byFile: () => [],
    contents: new Map(),
    dependencies,
    testFiles: new Map(),
  };
  return () =>
    buildReport({
      generator: '',
      project: '',
      now: 0,
      notice: null,
      projects: [{ name: '', data, judged, current: () => null }],
      details: { tests: () => [], shared: () => null, places: () => '' },
      coverage: null,
      runs: [],
      flaky: [],
      spotChecks: { percent: 0, checked: 0, latest: null, escapes: [] },
    });
};

/** One test file whose tests are all skipped. */
const skipped: Prepare = (size) => {
  const { Store, makeBatch } = load('./store') as typeof import('../src/store');
  const { readSkippedTests } = load(
    './recording/tests/skipped-tests',
  ) as typeof import('../src/recording/tests/skipped-tests');
  const version = {
    path: 'a.js',
    contentHash: '0'.repeat(40),
    form: 'commonjs' as const,
    fingerprints: Buffer.from(Array.from({ length: 8 * 100 }, (_, at) => at % 251)),
    places: '',
  };
  const tests = Array.from({ length: size }, (_, nth): TestResultRecord => ({
    name: [`test ${nth}`],
    ordinal: 0,
    outcome: 'passed',
    duration: 1,
    blocks: [{ version, bits: Uint8Array.of(3, 1 << (nth % 8)) }],
    dependencies: [],
  }));
  const file = path.join(scratch, `${size}.testmondata`);
  const store = Store.open(file);
  const key = { name: '', project: '', nodeMajor: 20, platform: 'linux', hash: '' };
  const { id } = store.findOrCreateEnvironment(key, 1);
  const shared = { blocks: [], dependencies: [] };
  const record = { environmentId: id, path: 'a.test.js', outcome: 'passed' as const, tests };
  store.commit(
    makeBatch({ records: [{ ...record, complete: true, duration: 1, recordedAt: 1, shared }] }),
    1,
  );
  const recordId = store.load(id).testFiles.get('a.test.js')?.records[0]?.id ?? 0;
  store.close();
  const positions = tests.map((_, position) => position);
  return () => readSkippedTests(file, { recordId, positions });
};

/** Bytes that the child that goes on observes while another one ends. */
const OBSERVED_BYTES = 100_000;

/** One child goes on, and the others end one after the other. */
const children: Prepare = (size) => {
  const { watchChildren, collectChildren } = load(
    './interception/children/children',
  ) as typeof import('../src/interception/children/children');
  const chunk = path.join(scratch, 'chunk');
  const line = `${JSON.stringify([1, 'missed', '/project/'.padEnd(1_000, 'x'), ''])}\n`;
  fs.writeFileSync(chunk, line.repeat(OBSERVED_BYTES / line.length));
  return () => {
    watchChildren({
      workspace: '/project',
      temporary: os.tmpdir(),
      reportsScripts: true,
      loaded: () => undefined,
      ran: () => undefined,
      missed: () => undefined,
      observed: () => undefined,
    });
    for (let child = 0; child < size; child += 1)
      // The folder that children report into.
      childProcess.spawnSync('sh', ['-c', `cat ${chunk} >> "$NODE_V8_COVERAGE/seen-1-0-1.jsonl"`]);
    collectChildren();
  };
};

const CASES: Record<string, { size: number; prepare: Prepare }> = {
  'declarations: imports without a quote (lines)': {
    size: 2_000,
    prepare: signature((size) => lines(size, (nth) => `import A${nth} = B.C${nth}`)),
  },
  'declarations: interfaces that do not end (lines)': {
    size: 1_000,
    prepare: signature((size) => lines(size, (nth) => `interface A${nth} {`)),
  },
  'declarations: a union (lines)': {
    size: 2_000,
    prepare: signature((size) => `export type A =\n${lines(size, (nth) => `  | 'a${nth}'`)}`),
  },
  'declarations: empty lines in an interface': {
    size: 5_000,
    prepare: signature((size) => `interface A {${'\n'.repeat(size)}}`),
  },
  'report: test files with a cause each': { size: 750, prepare: report },
  'tests to skip': { size: 500, prepare: skipped },
  'children that end while one goes on': { size: 50, prepare: children },
};

function main(): void {
  console.log(`${machine()}, ${rounds} rounds`);
  try {
    const rows = Object.entries(CASES).map(([name, { size, prepare }]) => {
      const [small = 0, large = 0] = [size, size * 4].map((count) => {
        const work = prepare(count);
        return median(
          Array.from({ length: rounds }, () => {
            const { user, system } = process.cpuUsage();
            work();
            const spent = process.cpuUsage({ user, system });
            return (spent.user + spent.system) / 1_000;
          }),
        );
      });
      return [
        name,
        {
          size,
          'CPU (ms)': small.toFixed(1),
          'four times as much (ms)': large.toFixed(1),
          growth: (large / small).toFixed(1),
        },
      ];
    });
    printTable('reading', Object.fromEntries(rows) as object);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

main();
