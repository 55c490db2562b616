/**
 * Machines with checkouts and databases of their own edit, pull, run and push at once, round after round, while the
 * server of their shared store is killed and its connections are cut at seeded moments. Each run is compared with an
 * oracle that runs everything. No database may lose a record, also of a test file that is deleted meanwhile. At the end
 * every record that any machine has made must be in every database.
 *
 *   npm run bench -- shared --engine PostgreSQL --machines 32 --rounds 10 --kills 50
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { startPostgres } from '../__tests__/shared-store/servers/postgres';
import { Proxy } from '../__tests__/shared-store/servers/proxy';
import { startS3 } from '../__tests__/shared-store/servers/s3';
import type { TestServer } from '../__tests__/shared-store/servers/server';
import { recordsIn } from './faults/database';
import { sleep } from './faults/processes';
import { World } from './faults/world';
import { Random } from './mutation/random';
import { machine } from './support/measure';
import { addResult, printTable } from './support/results';

const SERVERS: Record<string, () => Promise<TestServer>> = {
  folder: startFolder,
  PostgreSQL: () => startPostgres(),
  S3: startS3,
};

/** What GitHub says of a push to the main branch: these machines write. */
const MAIN = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_REF_NAME: 'main',
};

/** No record makes room for another, so that all of them must be everywhere. */
const CONFIG = `const { withTestmon } = require(${JSON.stringify(path.resolve(__dirname, '../dist'))});
module.exports = withTestmon({ transform: {} }, { keepRecords: 100000 });
`;

/** Longer than any pull and push may take, and the run between them. */
const LONGEST_RUN_MS = 180_000;

interface Arguments {
  engine: string;
  machines: number;
  rounds: number;
  kills: number;
  seed: number;
}

class Fleet {
  readonly faults: string[] = [];
  readonly times: number[] = [];
  readonly worlds: World[];
  readonly #env: NodeJS.ProcessEnv;
  readonly #made = new Set<string>();
  /** By machine. */
  readonly #held: ReadonlySet<string>[] = [];
  /** Runs that told of a store that did not answer. */
  outages = 0;

  constructor(machines: number, seed: number, env: NodeJS.ProcessEnv) {
    this.worlds = Array.from(
      { length: machines },
      (_, index) => new World(seed * 1000 + index, CONFIG),
    );
    this.#env = env;
  }

  /** All machines edit, and then run at once. */
  async round(nth: number): Promise<void> {
    const prepared = this.worlds.map((world) => ({
      world,
      edited: nth === 0 ? 'nothing' : world.edit(),
      run: world.prepareRun(this.#env),
    }));
    await Promise.all(
      prepared.map(async ({ world, edited, run }, index) => {
        const begun = performance.now();
        const { faults, messages } = await run();
        const took = performance.now() - begun;
        this.times.push(took);
        if (took > LONGEST_RUN_MS) faults.push(`a run took ${Math.round(took / 1000)} s`);
        if (messages.some((line) => /selects by what is local|not sent|did not/.test(line)))
          this.outages++;
        const held = recordsIn(world.project.path('.testmondata'));
        for (const record of this.#held[index] ?? [])
          if (!held.has(record)) faults.push(`lost: ${record}`);
        this.#held[index] = held;
        for (const record of held) this.#made.add(record);
        this.#note(`round ${nth}, machine ${index}, ${edited}`, faults);
      }),
    );
  }

  /** With the store in good health, everybody sends what is left, and then takes what the others have. */
  async settle(): Promise<void> {
    for (const command of ['push', 'pull'])
      for (const [index, { project }] of this.worlds.entries()) {
        // Not `run`, which would hold up the proxy in this process.
        const { exitCode, stderr } = await project.start([command], { env: this.#env }).done;
        if (exitCode !== 0) this.#note(`${command} of machine ${index}`, [stderr.trim()]);
      }
  }

  /** What one database has, and another has not. */
  compare(): number {
    for (const [index, { project }] of this.worlds.entries()) {
      const found = recordsIn(project.path('.testmondata'));
      const missing = [...this.#made].filter((record) => !found.has(record));
      if (missing.length > 0)
        this.#note(`machine ${index}`, [`lacks ${missing.length} records, such as ${missing[0]}`]);
    }
    return this.#made.size;
  }

  remove(): void {
    for (const world of this.worlds) world.remove();
  }

  #note(where: string, faults: readonly string[]): void {
    for (const fault of faults) {
      this.faults.push(`${where}: ${fault}`);
      console.log(`${where}: ${fault}`);
    }
  }
}

async function main(): Promise<number> {
  const { engine, machines, rounds, kills, seed } = new Command('shared')
    .option('--engine <name>', Object.keys(SERVERS).join(', '), 'PostgreSQL')
    .option('--machines <number>', 'how many run at once', Number, 8)
    .option('--rounds <number>', 'how many runs each makes', Number, 3)
    .option(
      '--kills <number>',
      'how often the server is killed or its connections are cut',
      Number,
      10,
    )
    .option('--seed <number>', 'what determines edits and moments', Number, 1)
    .parse()
    .opts<Arguments>();
  const start = SERVERS[engine];
  if (start === undefined) throw new Error(`The engines are ${Object.keys(SERVERS).join(', ')}.`);
  console.log(`${machine()}\n${engine}, ${machines} machines, ${rounds} rounds, seed ${seed}`);
  const server = await start();
  const { url, proxy } = await throughProxy(server);
  const fleet = new Fleet(machines, seed, { ...server.variables, ...MAIN, TESTMON_SHARED: url });
  try {
    initialise(fleet, server);
    const random = new Random(seed);
    let done = 0;
    for (let nth = 0; nth < rounds; nth++) {
      const end = new AbortController();
      const share = Math.ceil(((nth + 1) * kills) / rounds) - done;
      const trouble = makeTrouble(server, proxy, random, share, end.signal);
      await fleet.round(nth);
      end.abort();
      done += await trouble;
    }
    await fleet.settle();
    const records = fleet.compare();
    const times = fleet.times.sort((a, b) => a - b);
    const seconds = (part: number) =>
      Math.round((times[Math.floor(part * (times.length - 1))] ?? 0) / 100) / 10;
    printTable(`shared store, ${engine}`, [
      {
        ...{ machines, rounds, records, kills: done, 'runs with an outage': fleet.outages },
        ...{ 'median run, s': seconds(0.5), 'longest, s': seconds(1) },
        faults: fleet.faults.length,
      },
    ]);
    addResult('shared', { engine, machines, rounds, seed, records, faults: fleet.faults });
  } finally {
    fleet.remove();
    await proxy?.close();
    await server.stop();
  }
  console.log(fleet.faults.length === 0 ? 'no fault' : 'FAULTS');
  return fleet.faults.length === 0 ? 0 : 1;
}

/** Kills the server and starts it again, or cuts all connections where it is not ours to kill. @returns How often. */
async function makeTrouble(
  server: TestServer,
  proxy: Proxy | null,
  random: Random,
  count: number,
  end: AbortSignal,
): Promise<number> {
  let done = 0;
  while (proxy !== null && done < count && !end.aborted) {
    await sleep(200 + random.next() * 1500);
    if (server.kill !== undefined && random.next() < 0.5) {
      await server.kill();
      await sleep(random.next() * 1000);
      await server.restart?.();
    } else if (random.next() < 0.5) proxy.cutAll();
    else {
      proxy.weather = { cutAnswersAfter: Math.floor(random.next() * 4000) };
      await sleep(500);
      proxy.weather = {};
    }
    done++;
  }
  return done;
}

function initialise({ worlds: [world] }: Fleet, server: TestServer): void {
  if (world === undefined) throw new Error('There is no machine.');
  const env = { ...server.variables, TESTMON_SHARED: server.url };
  const { exitCode, stdout, stderr } = world.project.run(['shared', 'init'], { env });
  if (exitCode !== 0) throw new Error(`"shared init" failed: ${stdout}${stderr}`);
}

/** A folder has no connections that one could cut. */
async function throughProxy(server: TestServer): Promise<{ url: string; proxy: Proxy | null }> {
  const url = new URL(server.url);
  if (url.protocol === 'file:') return { url: server.url, proxy: null };
  const address = new URL(server.variables['AWS_ENDPOINT_URL'] ?? server.url);
  const { proxy, port } = await Proxy.before(address.hostname, Number(address.port));
  if (url.protocol === 's3:') url.searchParams.set('endpoint', `http://127.0.0.1:${port}`);
  else url.host = `127.0.0.1:${port}`;
  return { url: url.href, proxy };
}

function startFolder(): Promise<TestServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-shared-folder-'));
  return Promise.resolve({
    url: pathToFileURL(folder).href,
    variables: {},
    stop: () => fs.promises.rm(folder, { recursive: true, force: true }),
  });
}

void main().then((code) => (process.exitCode = code));
