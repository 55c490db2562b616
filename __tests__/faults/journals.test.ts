import { execFileSync, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { faultsOf } from '../../bench/faults/database';
import { encodeMetadata } from '../../src/blocks/probes/metadata';
import { finishAbandonedRuns } from '../../src/controller/abandoned-runs';
import { makeLogger } from '../../src/terminal/logger';
import { JournalReader } from '../../src/run/journals/read-journals';
import { RunDirectory } from '../../src/run/run-directory';
import { asJournalFootprint, decodeJournal, encodeLine } from '../../src/run/journals/journal';
import type { JournalLine, JournalNames } from '../../src/run/journals/journal-lines';
import { publishRunFile, RUN_FILE_VERSION, type RunFile } from '../../src/run/run-file';
import { Store } from '../../src/store';
import { EMPTY } from '../../src/records/footprint';
import { FileLock } from '../../src/store/connection/file-lock';
import type { EnvironmentKey, Footprint, TestFileRecord } from '../../src/records/types';

const KEY: EnvironmentKey = {
  name: 'default',
  project: '.',
  nodeMajor: 20,
  platform: 'linux',
  hash: 'h',
};

const METADATA = encodeMetadata({
  path: 'src/a.js',
  contentHash: '0'.repeat(40),
  form: 'commonjs',
  fingerprints: Buffer.alloc(16, 7),
  places: '',
});

/** What a worker writes for one test file of its own blocks and dependency. */
function entry(nth: number): JournalLine[] {
  const path = `t${nth}.test.js`;
  const id = nth + 1;
  const shared = asJournalFootprint({
    blocks: [{ version: id, bits: Uint8Array.of(1) }],
    dependencies: [id],
  });
  return [
    { type: 'start', environmentId: 1, path, at: 1 },
    {
      type: 'names',
      firstVersion: id,
      versions: [METADATA],
      firstDependency: id,
      dependencies: [{ kind: 'file', name: 'ü "\n%.json', value: 'v' }],
    },
    {
      type: 'end',
      environmentId: 1,
      path,
      at: 2,
      outcome: 'passed',
      complete: true,
      duration: 5,
      shared,
      tests: [
        {
          name: ['a', 'b'],
          ordinal: 0,
          outcome: 'passed',
          duration: 1,
          ...asJournalFootprint(EMPTY),
        },
      ],
    },
  ];
}

const text = (lines: readonly JournalLine[]) => Buffer.from(lines.map(encodeLine).join(''));
const recordsOf = (chunks: Iterable<Buffer>) =>
  Array.from(new JournalReader([decodeJournal(chunks)]).records(), ({ record }) => record);
/** As JSON, with all that they refer to. */
const texts = (records: TestFileRecord[]) => {
  const plain = ({ blocks, dependencies }: Footprint) => ({ blocks, dependencies });
  return records.map((record) =>
    JSON.stringify({
      ...record,
      shared: plain(record.shared),
      tests: record.tests.map((test) => [test.name, test.outcome, plain(test)]),
    }),
  );
};
const kept = (chunks: Iterable<Buffer>) => recordsOf(chunks).map(({ path }) => path);

let folder: string;
let temporary: string | undefined;
let dataFile: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-journals-')));
  dataFile = path.join(folder, '.testmondata');
  temporary = process.env.TMPDIR;
  process.env.TMPDIR = folder;
});
afterEach(() => {
  process.env.TMPDIR = temporary;
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A process id that nobody has any more. */
const DEAD = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));

const PASSED: JournalLine[] = [0, 1, 2].map((nth) => ({
  type: 'verdict',
  environmentId: 1,
  path: `t${nth}.test.js`,
  at: 3,
  passed: true,
}));

/** The folder of a run whose controller died, with one journal, and what Jest had said until then. */
function abandon(journal: Buffer, run: unknown = runFile(), verdicts = PASSED): string {
  const own = RunDirectory.create(dataFile);
  if (verdicts.length > 0) fs.writeFileSync(own.verdictFile, text(verdicts), { mode: 0o600 });
  fs.writeFileSync(path.join(own.path, 'journal-1-0.jsonl'), journal, { mode: 0o600 });
  const withPlace = typeof run === 'object' && run !== null ? { ...run, directory: own.path } : run;
  publishRunFile(own.runFile, withPlace as RunFile);
  own.release();
  return own.path;
}

function runFile(): Partial<RunFile> {
  return {
    version: RUN_FILE_VERSION,
    deadline: null,
    pid: DEAD,
    projects: {
      p: { environmentId: 1, environment: KEY, skipped: {}, skippedTests: {}, mocks: {} },
    },
  };
}

/** Whether a process can be started that sees none of ours, as in a container. */
const inOtherContainer =
  spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;

/** A controller in a process of its own, which has made the folder of a run and then waits. */
function liveController(command: string[] = []): { folder: string; pid: number; kill(): void } {
  const made = abandon(text(entry(0)));
  const script = path.join(__dirname, 'fixtures/hold-lock.ts');
  const [program = '', ...args]: string[] = [
    ...command,
    process.execPath,
    '-r',
    'ts-node/register/transpile-only',
    script,
    path.join(made, 'controller.lock'),
  ];
  const told = path.join(folder, 'told');
  const output = fs.openSync(told, 'w');
  const child = spawn(program, args, {
    cwd: path.resolve(__dirname, '../..'),
    stdio: ['ignore', output, 'inherit'],
  });
  while (!fs.readFileSync(told, 'utf8').endsWith('\n')) waitABit();
  fs.closeSync(output);
  const pid = Number(fs.readFileSync(told, 'utf8'));
  fs.rmSync(told);
  return {
    folder: made,
    pid,
    kill: () => {
      child.kill('SIGKILL');
      while (isHeld(path.join(made, 'controller.lock'))) waitABit();
    },
  };
}

function waitABit(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}

function isHeld(file: string): boolean {
  const lock = FileLock.take(file);
  lock?.release();
  return lock === null;
}

/** The test files with a record, after a controller began. */
function adopted(): string[] {
  const store = Store.open(dataFile);
  try {
    finishAbandonedRuns(store, dataFile, makeLogger(true));
    return store
      .snapshot()
      .environments.flatMap(({ testFiles }) => testFiles)
      .filter(({ records }) => records.length > 0)
      .map(({ path }) => path);
  } finally {
    store.close();
  }
}

describe('a journal', () => {
  it('cut at any byte keeps the entries before, and none in part', () => {
    const first = text(entry(0));
    const whole = Buffer.concat([first, text(entry(1)), text(entry(2))]);
    const second = whole.length - text(entry(2)).length;
    for (let length = 0; length <= whole.length; length += 1) {
      const expected = ['t0.test.js', 't1.test.js', 't2.test.js'].slice(
        0,
        length === whole.length ? 3 : length >= second ? 2 : length >= first.length ? 1 : 0,
      );
      expect([length, kept([whole.subarray(0, length)])]).toEqual([length, expected]);
    }
  });

  it('with any one bit turned keeps no entry that was not written', () => {
    const whole = text([...entry(0), ...entry(1)]);
    const records = texts(recordsOf([whole]));
    expect(records.join()).toContain('"kind":"file"');
    for (let bit = 0; bit < whole.length * 8; bit += 5) {
      const turned = Buffer.from(whole);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      for (const record of texts(recordsOf([turned]))) expect(records).toContain(record);
    }
  });

  it('is read through memory that is used again', () => {
    const whole = text([...entry(0), ...entry(1)]);
    function* chunks(size: number): Generator<Buffer> {
      const chunk = Buffer.alloc(size);
      for (let at = 0; at < whole.length; at += size)
        yield chunk.subarray(0, whole.copy(chunk, 0, at));
    }
    for (const size of [1, 7, 100, 5_000]) expect(kept(chunks(size))).toHaveLength(2);
  });

  it('with lines lost from its middle keeps no entry that refers to them', () => {
    const [start, names, end] = entry(0) as [JournalLine, JournalNames, JournalLine];
    expect(kept([text([start, end])])).toEqual([]);
    expect(kept([text([start, { ...names, versions: [] }, end])])).toEqual([]);
    expect(kept([text([start, { ...names, dependencies: [] }, end])])).toEqual([]);
    expect(kept([text([start, names, end])])).toEqual(['t0.test.js']);
  });
});

describe('a journal in which numbers do not go on', () => {
  it('keeps no entry that could mean what another writer named', () => {
    const [, names, end] = entry(0) as [JournalLine, JournalNames, JournalLine];
    const next = { ...names, firstVersion: 2, firstDependency: 2 };
    expect(kept([text([names, next, end])])).toEqual(['t0.test.js']);
    expect(kept([text([names, names, end])])).toEqual(['t0.test.js']);
    expect(kept([text([names, next, names, { ...next, firstVersion: 3 }, end])])).toEqual([]);
    expect(kept([text([names, { ...next, firstDependency: 3 }, end])])).toEqual([]);
  });
});

describe('the run of a controller that died', () => {
  it('is committed by the next one, and then it is gone', () => {
    abandon(text([...entry(0), ...entry(1)]).subarray(0, -3));
    expect(adopted()).toEqual(['t0.test.js']);
    expect(fs.readdirSync(folder)).toEqual(['.testmondata']);
  });

  it('leaves no record of what Jest said nothing of', () => {
    const both = text([...entry(0), ...entry(1)]);
    abandon(both, runFile(), PASSED.slice(1));
    expect(adopted()).toEqual(['t1.test.js']);
  });

  it('leaves no record where Jest said nothing at all', () => {
    abandon(text(entry(0)), runFile(), []);
    expect(adopted()).toEqual([]);
  });

  it('leaves no record of what ran in its own process, and that is selected', () => {
    abandon(text(entry(0)));
    expect(adopted()).toEqual(['t0.test.js']);
    abandon(text([...entry(0), ...entry(1)]), { ...runFile(), pid: 1 });
    expect(adopted()).toEqual(['t0.test.js']);
    const store = Store.open(dataFile);
    const { testFiles } = store.load(1);
    store.close();
    expect(Array.from(testFiles.values(), ({ path, failed }) => [path, failed])).toEqual([
      ['t0.test.js', true],
      ['t1.test.js', true],
    ]);
  });

  it.each<[string, unknown]>([
    ['of another version', { ...runFile(), version: 99 }],
    ['that is not one', 'text'],
    ['without projects', { version: RUN_FILE_VERSION }],
    ['with projects that are none', { version: RUN_FILE_VERSION, projects: { p: null } }],
    [
      'with an environment that is none',
      {
        version: RUN_FILE_VERSION,
        projects: { p: { environmentId: 1, environment: { ...KEY, nodeMajor: 'x', name: [1] } } },
      },
    ],
  ])('has a run file %s: nothing is taken from it, and it is gone', (_, run) => {
    abandon(text(entry(0)), run);
    expect(adopted()).toEqual([]);
    expect(fs.readdirSync(folder)).toEqual(['.testmondata']);
  });

  it('has a folder, or a link to nowhere, in the place of a journal', () => {
    const dead = abandon(text(entry(0)));
    fs.mkdirSync(path.join(dead, 'journal-2-0.jsonl'));
    fs.symlinkSync(path.join(folder, 'nowhere'), path.join(dead, 'journal-3-0.jsonl'));
    expect(adopted()).toEqual(['t0.test.js']);
  });

  it('is left alone while its controller lives, and is committed once that was killed', () => {
    const child = liveController();
    expect(adopted()).toEqual([]);
    expect(fs.existsSync(child.folder)).toBe(true);
    child.kill();
    expect(adopted()).toEqual(['t0.test.js']);
    expect(fs.readdirSync(folder)).toEqual(['.testmondata']);
  });

  it('is left alone while its lock is held in this very process', () => {
    const own = RunDirectory.create(dataFile);
    expect(adopted()).toEqual([]);
    expect(fs.existsSync(own.path)).toBe(true);
    own.remove();
  });

  (inOtherContainer ? it : it.skip)(
    'is left alone while it lives in another container, where its process id is nobody or somebody else here',
    () => {
      const child = liveController(['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']);
      expect(child.pid).toBeLessThan(10);
      expect(adopted()).toEqual([]);
      expect(fs.existsSync(child.folder)).toBe(true);
      child.kill();
      expect(adopted()).toEqual(['t0.test.js']);
    },
  );

  (process.getuid?.() === 0 ? it : it.skip).each<[string, (dead: string) => void]>([
    ['belongs to another user', (dead) => fs.chownSync(dead, 65_534, 65_534)],
    ['others can write to', (dead) => fs.chmodSync(dead, 0o777)],
    ['others can read', (dead) => fs.chmodSync(dead, 0o750)],
    [
      'a link leads to',
      (dead) => {
        fs.renameSync(dead, path.join(folder, 'elsewhere'));
        fs.symlinkSync(path.join(folder, 'elsewhere'), dead);
      },
    ],
    [
      'holds a run file of another user',
      (dead) => fs.chownSync(path.join(dead, 'run.json'), 65_534, 65_534),
    ],
    [
      'holds a run file that others can write',
      (dead) => fs.chmodSync(path.join(dead, 'run.json'), 0o666),
    ],
    [
      'holds a link in the place of the run file',
      (dead) => {
        fs.renameSync(path.join(dead, 'run.json'), path.join(folder, 'run.json'));
        fs.symlinkSync(path.join(folder, 'run.json'), path.join(dead, 'run.json'));
      },
    ],
    [
      'holds a journal of another user',
      (dead) => fs.chownSync(path.join(dead, 'journal-1-0.jsonl'), 65_534, 65_534),
    ],
    [
      'holds a journal that others can write',
      (dead) => fs.chmodSync(path.join(dead, 'journal-1-0.jsonl'), 0o666),
    ],
  ])('stands in a folder that %s: nothing is taken from it', (_what, change) => {
    change(abandon(text(entry(0))));
    expect(adopted()).toEqual([]);
  });

  it('whose journal someone else wrote harms neither the database nor what it held', () => {
    abandon(text(entry(0)));
    expect(adopted()).toEqual(['t0.test.js']);
    const lines = [...entry(1), ...entry(2)];
    const anything = fc.anything({
      values: [
        fc.string(),
        fc.double(),
        fc.constantFrom<unknown>(
          '../../../../etc/passwd',
          "'; DROP TABLE record; --",
          2 ** 60,
          -1,
          1e308,
          'x'.repeat(10_000),
          'A'.repeat(100_000),
          [],
          {},
          null,
        ),
      ],
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(lines.length - 1), fc.nat(), anything), {
          minLength: 1,
          maxLength: 3,
        }),
        (changes) => {
          const hostile = structuredClone(lines) as unknown as object[];
          for (const [line, place, value] of changes) replaceNth(hostile[line] ?? {}, place, value);
          abandon(text(hostile as JournalLine[]));
          expect(adopted()).toContain('t0.test.js');
          expect(fs.readdirSync(folder)).toEqual(['.testmondata']);
          expect(faultsOf(dataFile)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});

/** Puts a value in the place of the n-th property, counted through all objects below. */
function replaceNth(target: object, nth: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const collect = (object: object) => {
    for (const [name, inner] of Object.entries(object)) {
      places.push([object as Record<string, unknown>, name]);
      if (typeof inner === 'object' && inner !== null) collect(inner as object);
    }
  };
  collect(target);
  const place = places[nth % Math.max(1, places.length)];
  if (place !== undefined) place[0][place[1]] = value;
}
