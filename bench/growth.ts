/**
 * A project over many edits, runs and branch switches: how large its database gets and how long selecting takes.
 * Each step edits a file or switches branches, selects as the controller does it, and records what it selected.
 *
 *   npm run bench -- growth [--steps 200] [--seed 1]
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Test } from '@jest/test-result';
import { Command } from 'commander';
import { INTERRUPTED } from '../src/controller/passes';
import { Controller } from '../src/controller/controller';
import { makeLogger } from '../src/terminal/logger';
import type { RunRequest } from '../src/controller/run-request';
import { contentHash } from '../src/dependencies/files/content';
import { makeBatch, Store, type FileVersion, type TestFileRecord } from '../src/store';
import { machine, median } from './support/measure';
import { projectConfig, runRequest } from './support/project';
import { randomNumbers } from './support/random';
import { versionOf } from './support/version';
import { printTable } from './support/results';

const program = new Command('growth')
  .option('--steps <count>', 'edits and branch switches', '200')
  .option('--seed <number>', 'chooses them', '1')
  .parse();
const given = program.opts<{ steps: string; seed: string }>();
const steps = Number(given.steps);
const random = randomNumbers(Number(given.seed));

const SOURCES = 400;
const TESTS = 300;
const USED = 60;
const FUNCTIONS = 30;
const BRANCHES = 5;

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-growth-')));
const dataFile = path.join(root, '.testmondata');

const sourceName = (index: number) => `src/module-${index}.js`;
const testName = (index: number) => `test/feature-${index}.test.js`;

/** The value that each function of each file returns, on each branch. */
const branches: number[][][] = Array.from({ length: BRANCHES }, () =>
  Array.from({ length: SOURCES }, () => Array.from({ length: FUNCTIONS }, () => 0)),
);

function sourceText(branch: number, index: number): string {
  return at(at(branches, branch), index)
    .map(
      (value, nth) =>
        `exports.run${nth} = function (value) { return work${nth}(value, ${value}, ${index}); };\n`,
    )
    .join('');
}

function write(name: string, text: string): void {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** By content, as a run would have recorded it. */
const versions = new Map<string, FileVersion>();

function knownVersion(name: string): FileVersion {
  const text = fs.readFileSync(path.join(root, name), 'utf8');
  const key = `${name}|${contentHash(text)}`;
  let version = versions.get(key);
  if (version === undefined) {
    version = versionOf(root, name, text);
    versions.set(key, version);
  }
  return version;
}

/** Every test file runs some functions of some files, and always the same ones. */
function record(environmentId: number, index: number, now: number): TestFileRecord {
  const own = randomNumbers(index);
  const used = new Map<string, Uint8Array>();
  for (let nth = 0; nth < USED; nth += 1) {
    const bits = new Uint8Array(Math.ceil((FUNCTIONS + 1) / 8));
    bits[0] = 1;
    for (let one = 0; one < 6; one += 1) {
      const block = 1 + own(FUNCTIONS);
      bits[block >> 3] = (bits[block >> 3] ?? 0) | (1 << (block & 7));
    }
    used.set(sourceName(own(SOURCES)), bits);
  }
  return {
    environmentId,
    path: testName(index),
    outcome: 'passed',
    complete: true,
    duration: 500,
    recordedAt: now,
    shared: {
      blocks: [
        { version: knownVersion(testName(index)), bits: Uint8Array.of(1) },
        ...Array.from(used, ([name, bits]) => ({ version: knownVersion(name), bits })),
      ],
      dependencies: Array.from(used.keys(), (name) => ({ kind: 'rivals', name, value: '' })),
    },
    tests: Array.from({ length: 8 }, (_, test) => ({
      name: ['a feature', `does thing ${test} of ${index}`],
      ordinal: 0,
      outcome: 'passed' as const,
      duration: 60,
      blocks: Array.from(used.keys())
        .slice(test * 5, test * 5 + 20)
        .map((name) => ({ version: knownVersion(name), bits: Uint8Array.of(0, 1 << test) })),
      dependencies: [],
    })),
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}

async function main(): Promise<void> {
  write('package.json', '{ "name": "growth" }\n');
  for (let index = 0; index < SOURCES; index += 1) write(sourceName(index), sourceText(0, index));
  for (let index = 0; index < TESTS; index += 1)
    write(testName(index), `test('feature ${index}', () => {});\n`);
  const config = await projectConfig(root, path.join(root, 'cache'));
  const moduleMap = { getRawModuleMap: () => ({ mocks: new Map(), map: new Map() }) } as unknown;
  const context = { config, moduleMap } as Test['context'];
  const tests = Array.from({ length: TESTS }, (_, index) => ({
    path: path.join(root, testName(index)),
    context,
  })) as Test[];
  const request: RunRequest = {
    ...runRequest(root, dataFile),
    logger: { ...makeLogger(true), warn: (text) => console.error(text) },
  };

  let now = Date.now();
  let largest = 0;
  /** Selects, and records what ran; milliseconds of CPU for selecting. */
  const run = async () => {
    now += 60_000;
    const before = process.cpuUsage();
    const controller = Controller.begin(request, [config]);
    if (controller === null) throw new Error('the controller did not begin');
    const running = controller.running(await controller.select(tests));
    const { user, system } = process.cpuUsage(before);
    controller.end(INTERRUPTED);
    const store = Store.open(dataFile);
    const records = running.map(({ path: name }) =>
      record(1, Number(/\d+/.exec(path.basename(name))?.[0]), now),
    );
    store.commit(makeBatch({ records }), now);
    store.close();
    const size = fs.statSync(dataFile).size;
    largest = Math.max(largest, size);
    return { cpu: (user + system) / 1e3, size, ran: running.length };
  };

  const rows: Record<string, Record<string, string | number>> = {};
  const every = Math.max(1, Math.ceil(steps / 8));
  let since: Awaited<ReturnType<typeof run>>[] = [];
  await run();
  let branch = 0;
  let before = fs.statSync(dataFile).size;
  let shrunk = 0;
  for (let step = 1; step <= steps; step += 1) {
    if (random(4) === 0) {
      branch = random(BRANCHES);
      for (let index = 0; index < SOURCES; index += 1) {
        const text = sourceText(branch, index);
        if (fs.readFileSync(path.join(root, sourceName(index)), 'utf8') !== text)
          write(sourceName(index), text);
      }
    } else {
      const index = random(SOURCES);
      at(at(branches, branch), index)[random(FUNCTIONS)] = step;
      write(sourceName(index), sourceText(branch, index));
    }
    const ran = await run();
    if (ran.size < before) shrunk += 1;
    before = ran.size;
    since.push(ran);
    if (step % every === 0 || step === steps) {
      rows[`step ${step}`] = {
        'database (MB)': (ran.size / 1e6).toFixed(2),
        'selecting, median CPU (ms)': median(since.map(({ cpu }) => cpu)).toFixed(0),
        'test files run, mean': (
          since.reduce((sum, { ran: count }) => sum + count, 0) / since.length
        ).toFixed(1),
      };
      since = [];
    }
  }
  // Most of what is recorded goes at once, as when an application is split.
  const whole = before;
  for (let index = TESTS / 10; index < TESTS; index += 1) {
    fs.rmSync(path.join(root, testName(index)));
    tests.pop();
  }
  const left = (await run()).size;
  console.log(
    `${machine()}, seed ${given.seed}; ${TESTS} test files, ${SOURCES} source files, ${BRANCHES} branches`,
  );
  printTable('growth', rows);
  console.log(
    `nine of ten test files deleted: from ${(whole / 1e6).toFixed(2)} to ${(left / 1e6).toFixed(2)} MB in one run`,
  );
  console.log(
    `largest ${(largest / 1e6).toFixed(2)} MB; the file became smaller by itself after ${shrunk} of ${steps} steps`,
  );
}

void main().finally(() => fs.rmSync(root, { recursive: true, force: true }));
