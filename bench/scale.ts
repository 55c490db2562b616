/**
 * A project of 10,000 test files, 100,000 tests, 50,000 source files, 300 files and 3,000 blocks per test file: a
 * generated working tree under git and its database. Measures selecting as the controller does it, committing, and
 * how each grows from a tenth of that size.
 *
 *   npm run bench -- scale [--sizes 0.1,1] [--rounds 3] [--seed 1] [--keep <folder>]
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command } from 'commander';
import { machine, median } from './support/measure';
import { DIST, projectConfig, runRequest } from './support/project';
import { sqlitePackage } from '../src/store/connection/sqlite';
import { testPath, World } from './scale/world';
import { printTable } from './support/results';

const program = new Command('scale')
  .option('--sizes <list>', 'parts of the whole, smallest first', '0.1,1')
  .option('--rounds <count>', 'selections of each kind', '3')
  .option('--seed <number>', 'makes up the records', '1')
  .option('--keep <folder>', 'make the projects there, leave them, and use those that are there')
  .parse();
const given = program.opts<{ sizes: string; rounds: string; seed: string; keep?: string }>();
const seed = Number(given.seed);
const rounds = Number(given.rounds);

/** Milliseconds, and mebibytes at the peak. */
interface Cost {
  wall: number;
  cpu: number;
  rss?: number;
  running?: number;
  locked?: Selection['locked'];
}

interface Selection {
  begun: Cost;
  selected: Cost;
  published: Cost;
  ended: Cost;
  running: number;
  /** Milliseconds in which the run kept others from writing: in all, and at once. */
  locked: { sum: number; longest: number };
  rss: { selected: number; ended: number };
}

/** Selects in a process of its own. */
function select(requestFile: string): Selection {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [path.join(__dirname, 'scale/select.mjs'), requestFile],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  if (stderr !== '') console.error(stderr);
  return JSON.parse(stdout) as Selection;
}

function selecting(requestFile: string, prepare: () => void = () => undefined): Cost {
  const runs = Array.from({ length: rounds }, () => {
    prepare();
    return select(requestFile);
  });
  return {
    wall: median(runs.map(({ selected }) => selected.wall)),
    cpu: median(runs.map(({ selected }) => selected.cpu)),
    rss: median(runs.map(({ rss }) => rss.selected)),
    running: runs[0]?.running ?? 0,
  };
}

/** The journals of a run over everything, and of two over fifty test files: the same ones, and others. */
interface Journals {
  everything: string[];
  fifty: string[];
  fiftyOthers: string[];
}

/** Writes the project and what its runs would have left behind, or takes what is there. */
function makeWorld(world: World, folder: string): Journals {
  const list = path.join(folder, 'journals.json');
  if (fs.existsSync(list)) return JSON.parse(fs.readFileSync(list, 'utf8')) as Journals;
  world.write();
  const at = Date.now();
  const write = (name: string, round: number, count?: number) =>
    world.writeJournals(path.join(folder, name), WORKERS, world.records(1, at, round), count);
  const journals = {
    everything: write('everything', 0),
    fifty: write('fifty', 0, 50),
    fiftyOthers: write('fifty-others', 1, 50),
  };
  fs.writeFileSync(list, JSON.stringify(journals));
  return journals;
}

/** Tells each figure as it comes, since all of them take long. */
const TELLING: ProxyHandler<Record<string, Cost | number>> = {
  set: (result, name: string, cost: Cost | number) => {
    const figure = typeof cost === 'number' ? cost.toFixed(1) : `${cost.cpu.toFixed(0)} ms of CPU`;
    console.error(`${name}: ${figure}`);
    return Reflect.set(result, name, cost);
  },
};

/** How many workers the runs had: each journals every file that it meets. */
const WORKERS = 4;

async function measureSize(part: number, folder: string): Promise<Record<string, Cost | number>> {
  const size = {
    testFiles: Math.round(10_000 * part),
    sourceFiles: Math.round(50_000 * part),
  };
  const root = path.join(folder, `world-${part}`);
  const dataFile = path.join(root, '.testmondata');
  const world = new World(root, size, seed);
  const journals = makeWorld(world, path.join(folder, `runs-${part}`));
  fs.rmSync(dataFile, { force: true });
  const config = await projectConfig(root, path.join(root, 'node_modules/.cache/jest'));
  const requestFile = path.join(folder, `request-${part}.json`);
  const writeRequest = (ends: boolean, committed: readonly string[] = []) =>
    fs.writeFileSync(
      requestFile,
      JSON.stringify({
        dist: DIST,
        ends,
        journals: committed,
        config,
        tests: Array.from({ length: size.testFiles }, (_, index) =>
          path.join(root, testPath(index)),
        ),
        request: { ...runRequest(root, dataFile), sqlite: require.resolve(sqlitePackage()) },
      }),
    );
  const committing = (committed: readonly string[]): Cost => {
    writeRequest(true, committed);
    const { published, ended, locked, rss } = select(requestFile);
    return {
      locked,
      wall: ended.wall - published.wall,
      cpu: ended.cpu - published.cpu,
      rss: rss.ended,
    };
  };

  const result = new Proxy<Record<string, Cost | number>>({}, TELLING);
  result['commit of a full run'] = committing(journals.everything);
  result['database (MB)'] = fs.statSync(dataFile).size / 1e6;
  result['commit of 50 test files, nothing new'] = committing(journals.fifty);
  result['commit of 50 test files, all new'] = committing(journals.fiftyOthers);
  // Git trusts no timestamp of the second in which it looked.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_100);
  world.git('update-index', '-q', '--refresh');

  writeRequest(false);
  result['select, nothing changed, first time'] = selecting(requestFile);
  result['commit that all match'] = committing([]);
  writeRequest(false);
  result['select, nothing changed'] = selecting(requestFile);
  world.edit(7);
  result['select, one change'] = selecting(requestFile);
  world.git('checkout', '-q', '.');
  // A clone has other times and other inodes.
  result['select, fresh checkout'] = selecting(requestFile, () => {
    fs.rmSync(path.join(root, 'packages'), { recursive: true });
    world.git('checkout', '-q', '.');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
  });
  fs.renameSync(path.join(root, '.git'), path.join(root, 'node_modules/.git-away'));
  result['select, nothing changed, no git'] = selecting(requestFile);
  fs.renameSync(path.join(root, 'node_modules/.git-away'), path.join(root, '.git'));
  return result;
}

async function main(): Promise<void> {
  const parts = given.sizes.split(',').map(Number);
  const folder = given.keep ?? fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-scale-'));
  fs.mkdirSync(folder, { recursive: true });
  console.log(`${machine()}, seed ${seed}, ${rounds} selections of each kind`);
  try {
    const tables: Record<string, Cost | number>[] = [];
    for (const part of parts) {
      const result = await measureSize(part, fs.realpathSync(folder));
      tables.push(result);
      console.log(`\n${10_000 * part} test files, ${50_000 * part} source files`);
      printTable(
        `${10_000 * part} test files`,
        Object.fromEntries(
          Object.entries(result).map(([name, cost]) => [
            name,
            typeof cost === 'number'
              ? { size: cost.toFixed(1) }
              : {
                  'wall (ms)': cost.wall.toFixed(0),
                  'CPU (ms)': cost.cpu.toFixed(0),
                  'peak (MB)': cost.rss?.toFixed(0) ?? '',
                  'to run': cost.running ?? '',
                  'locked (ms)': cost.locked?.sum.toFixed(0) ?? '',
                  'locked at once (ms)': cost.locked?.longest.toFixed(0) ?? '',
                },
          ]),
        ),
      );
    }
    const [first, last] = [tables[0], tables.at(-1)];
    if (first !== undefined && last !== undefined && first !== last) {
      console.log(`\ngrowth by ${(parts.at(-1) ?? 1) / (parts[0] ?? 1)} (CPU or bytes)`);
      for (const [name, cost] of Object.entries(last)) {
        const small = first[name];
        const of = (value: Cost | number | undefined) =>
          typeof value === 'number' ? value : (value?.cpu ?? 0);
        console.log(`${name.padEnd(45)} ${(of(cost) / of(small)).toFixed(1)} times`);
      }
    }
  } finally {
    if (given.keep === undefined) fs.rmSync(folder, { recursive: true });
  }
}

void main();
