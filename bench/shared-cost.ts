/**
 * What a store that many machines share costs, for a generated project of 10,000 test files: a machine without any
 * records takes in all of them, asks again where nothing is new, and sends what it recorded of fifty test files. Then
 * many runs send theirs, and the store's size is compared with that of one database.
 *
 *   npm run bench -- shared-cost [--engine folder|PostgreSQL] [--part 1] [--runs 1000] [--minutes 10] [--seed 1]
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { Client } from 'pg';
import { startPostgres } from '../__tests__/shared-store/servers/postgres';
import type { EnvironmentKey } from '../src/records/types';
import {
  initialise,
  look,
  pull,
  push,
  sharedSettings,
  type SharedSettings,
} from '../src/shared-store';
import { FolderEngine } from '../src/shared-store/engines/folder';
import { makeBatch, Store } from '../src/store';
import { World } from './scale/world';
import { machine, median } from './support/measure';
import { addResult, printTable } from './support/results';

const KEY: EnvironmentKey = {
  name: '',
  project: '.',
  nodeMajor: Number.parseInt(process.versions.node, 10),
  platform: process.platform,
  hash: 'shared-cost',
};

/** As many as one run of a pull request records. */
const TEST_FILES_PER_RUN = 50;
const ROUNDS = 5;
const MINUTE_MS = 60_000;
/** Nothing is to fail for want of time. */
const TRANSFER_MS = 600_000;

interface Cost {
  /** Milliseconds. */
  wall: number;
  cpu: number;
  /** Requests to the engine. */
  requests: number;
  bytes: number;
}

let requests = 0;

/** Counts each request from now on. */
function countRequests(prototype: object, names: readonly string[]): void {
  const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
  for (const name of names) {
    const method = methods[name];
    if (method === undefined) throw new Error(`There is no method ${name}.`);
    methods[name] = function (this: unknown, ...args) {
      requests += 1;
      return Reflect.apply(method, this, args);
    };
  }
}

async function measured(work: () => Promise<{ bytes: number; failure: unknown }>): Promise<Cost> {
  const before = requests;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { bytes, failure } = await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  if (failure !== null) throw failure as Error;
  return { wall, cpu: (user + system) / 1000, requests: requests - before, bytes };
}

class Machine {
  readonly store: Store;
  readonly file: string;
  readonly #settings: SharedSettings;
  /** What its clock says. Milliseconds since the epoch. */
  now = Date.now();

  constructor(folder: string, name: string, settings: SharedSettings) {
    this.file = path.join(folder, `${name}.testmondata`);
    this.store = Store.open(this.file);
    this.#settings = settings;
  }

  /** As a run that executed these test files. */
  record(world: World, round: number, first: number, count: number): void {
    const { id } = this.store.findOrCreateEnvironment(KEY, this.now);
    const records = world.records(id, this.now, round, first, count);
    this.store.commit({ ...makeBatch(), records }, this.now);
  }

  pull(): Promise<Cost> {
    const options = { environments: [KEY], now: this.now, transfer: TRANSFER_MS };
    return measured(() => pull(this.store, this.#settings, options));
  }

  push(): Promise<Cost> {
    const options = { now: this.now, transfer: TRANSFER_MS };
    return measured(() => push(this.store, this.#settings, options));
  }

  get bytes(): number {
    return fs.statSync(this.file).size;
  }
}

async function main(): Promise<void> {
  const { engine, part, runs, minutes, seed } = new Command('shared-cost')
    .option('--engine <name>', 'folder or PostgreSQL', 'PostgreSQL')
    .option('--part <number>', 'part of 10,000 test files', Number, 1)
    .option('--runs <number>', 'how many runs send their records', Number, 1000)
    .option('--minutes <number>', 'time between two of these runs', Number, 10)
    .option('--seed <number>', 'makes up the records', Number, 1)
    .parse()
    .opts<{ engine: string; part: number; runs: number; minutes: number; seed: number }>();
  console.log(`${machine()}\n${engine}, ${10_000 * part} test files, ${runs} runs, seed ${seed}`);
  countRequests(FolderEngine.prototype, ['list', 'get', 'put', 'remove']);
  countRequests(Client.prototype, ['connect', 'query']);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-shared-cost-'));
  const server = engine === 'PostgreSQL' ? await startPostgres() : null;
  const url = server?.url ?? pathToFileURL(path.join(folder, 'share')).href;
  if (server === null) fs.mkdirSync(path.join(folder, 'share'));
  const option = { url, scope: 'main', write: true, timeout: TRANSFER_MS };
  const settings = sharedSettings(option, {});
  if (settings === null) throw new Error('The engine is not known.');
  try {
    await initialise(settings);
    const testFiles = Math.round(10_000 * part);
    const size = { testFiles, sourceFiles: testFiles * 5 };
    const world = new World(path.join(folder, 'world'), size, seed);
    world.write();
    const first = new Machine(folder, 'first', settings);
    first.record(world, 0, 0, testFiles);
    const rows: Record<string, object> = {};
    const add = (name: string, { wall, cpu, requests: count, bytes }: Cost): void => {
      rows[name] = {
        'wall, ms': Math.round(wall),
        'CPU, ms': Math.round(cpu),
        requests: count,
        'kB moved': Math.round(bytes / 1000),
      };
    };
    add('push of everything', await first.push());
    const second = new Machine(folder, 'second', settings);
    add('pull of everything', await second.pull());
    const idle: Cost[] = [];
    for (let round = 0; round < ROUNDS; round += 1) idle.push(await second.pull());
    add('pull of nothing new', middle(idle));
    const fifty: Cost[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      second.record(world, round, round * TEST_FILES_PER_RUN, TEST_FILES_PER_RUN);
      fifty.push(await second.push());
    }
    add(`push of ${TEST_FILES_PER_RUN} test files`, middle(fifty));
    printTable('cost', rows);
    const sizes: object[] = [];
    for (let run = 1; run <= runs; run += 1) {
      second.now += minutes * MINUTE_MS;
      second.record(world, 100 + run, run * TEST_FILES_PER_RUN, TEST_FILES_PER_RUN);
      await second.push();
      if (run !== runs && run % Math.ceil(runs / 5) !== 0) continue;
      const { scopes } = await look(settings);
      const stored = scopes.reduce((sum, { bytes }) => sum + bytes, 0);
      sizes.push({
        runs: run,
        bundles: scopes.reduce((sum, { bundles }) => sum + bundles, 0),
        'store, MB': Math.round(stored / 1e5) / 10,
        'database, MB': Math.round(second.bytes / 1e5) / 10,
        ratio: Math.round((stored / second.bytes) * 100) / 100,
      });
    }
    printTable('size', sizes);
    addResult('settings', { engine, part, runs, minutes, seed });
    first.store.close();
    second.store.close();
  } finally {
    await server?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function middle(costs: readonly Cost[]): Cost {
  return {
    wall: median(costs.map(({ wall }) => wall)),
    cpu: median(costs.map(({ cpu }) => cpu)),
    requests: median(costs.map((cost) => cost.requests)),
    bytes: median(costs.map(({ bytes }) => bytes)),
  };
}

void main();
