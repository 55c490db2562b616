import { spawn } from 'node:child_process';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as net from 'node:net';
import * as path from 'node:path';
import { SharedStoreError, type SharedEngine } from '../../src/shared-store/engine';
import { openEngine } from '../../src/shared-store/open-engine';
import { someBundle, soon } from './servers/bundles';
import { startPostgres } from './servers/postgres';
import { Proxy } from './servers/proxy';
import { hasS3, startS3 } from './servers/s3';
import { untilItWorks, type TestServer } from './servers/server';

jest.setTimeout(60_000);

/** How long the slowest machine may take to notice a deadline. */
const PATIENCE_MS = 3000;
/** What no message may hold. */
const SECRETS = /of the administrator|testing|%2F%40|Signature=|AKIA/;

const WRONG_KEYS = [
  { AWS_SECRET_ACCESS_KEY: 'testing of somebody else' },
  { AWS_ACCESS_KEY_ID: 'AKIA' },
];

const ENGINES: Record<string, { start: () => Promise<TestServer>; isHere: boolean }> = {
  PostgreSQL: { start: startPostgres, isHere: true },
  S3: { start: startS3, isHere: hasS3() },
};

for (const [name, { start, isHere }] of Object.entries(ENGINES)) {
  (isHere ? describe : describe.skip)(`faults of ${name}`, () => {
    let server: TestServer;
    let proxy: Proxy;
    let viaProxy: string;
    let engine: SharedEngine;
    const before = { ...process.env };

    beforeAll(async () => {
      server = await start();
      Object.assign(process.env, server.variables);
      const address = new URL(server.variables['AWS_ENDPOINT_URL'] ?? server.url);
      const made = await Proxy.before(address.hostname, Number(address.port || 5432));
      proxy = made.proxy;
      viaProxy = through(server.url, made.port);
      const direct = await openEngine(server.url);
      await direct.initialise(soon());
      await direct.close();
    }, 240_000);

    beforeEach(async () => {
      proxy.weather = {};
      engine = await openEngine(viaProxy);
    });

    afterEach(async () => {
      await engine?.close();
      proxy?.cutAll();
    });

    afterAll(async () => {
      await proxy?.close();
      await server?.stop();
      process.env = before;
    }, 30_000);

    it('gives up a server that says nothing, at the deadline', async () => {
      proxy.weather = { isSilent: true };
      const { name, content } = someBundle();
      const calls = [
        () => engine.list(['main'], soon(300)),
        () => engine.get({ scope: 'main', name, bytes: 1 }, soon(300)),
        () => engine.put('main', name, content, soon(300)),
        () => engine.remove([{ scope: 'main', name, bytes: 1 }], soon(300)),
        () => engine.initialise(soon(300)),
      ];
      for (const call of calls) {
        const begun = Date.now();
        await expectReason(call(), 'unreachable');
        expect(Date.now() - begun).toBeLessThan(PATIENCE_MS);
      }
      // What was given up does not stand in the way of what comes next.
      proxy.weather = {};
      await engine.put('main', name, content, soon());
      expect(await engine.list(['main'], soon())).not.toEqual([]);
    });

    it('denies wrong credentials, without a word of them', async () => {
      const wrong = new URL(server.url);
      if (wrong.password !== '') wrong.password = 'of the administrator%2F%40';
      const variables = wrong.password === '' ? WRONG_KEYS : [{}];
      for (const variable of variables) {
        Object.assign(process.env, server.variables, variable);
        const other = await openEngine(wrong.href);
        await expectReason(other.list(['main'], soon()), 'denied');
        await other.close();
      }
      Object.assign(process.env, server.variables);
    });

    it('says what is missing', async () => {
      const missing = new URL(server.url);
      if (missing.protocol === 's3:') missing.hostname = 'there-is-none';
      else missing.pathname = '/there_is_none';
      const nowhere = await openEngine(missing.href);
      await expectReason(nowhere.list(['main'], soon()), 'unprepared', /there.is.none/);
      await expectReason(nowhere.initialise(soon()), 'unprepared', /there.is.none/);
      await nowhere.close();
    });

    it('says at once that nobody listens', async () => {
      const closed = await closedPort();
      const nowhere = await openEngine(through(server.url, closed));
      await expectReason(nowhere.list(['main'], soon()), 'unreachable');
      await nowhere.close();
    });

    it('reports answers that are cut anywhere, and reads whole ones afterwards', async () => {
      const { name, content } = someBundle(200_000);
      const bundle = { scope: 'cut', name, bytes: content.length };
      await engine.put('cut', name, content, soon());
      for (const bytes of [1, 40, 300, 2000, 30_000, 150_000]) {
        proxy.weather = { cutAnswersAfter: bytes };
        proxy.cutAll();
        await expectReason(engine.get(bundle, soon(5000)), 'unreachable');
      }
      proxy.weather = {};
      expect(Buffer.from(await engine.get(bundle, soon())).equals(content)).toBe(true);
    }, 60_000);

    it('leaves nothing of a bundle whose sending was cut, and takes it again', async () => {
      for (const bytes of [1, 200, 5000, 60_000, 190_000]) {
        const { name, content } = someBundle(200_000);
        proxy.weather = { cutRequestsAfter: bytes };
        proxy.cutAll();
        await expectReason(engine.put('torn', name, content, soon(5000)), 'unreachable');
        proxy.weather = {};
        const listed = await engine.list(['torn'], soon());
        expect(listed.map((bundle) => bundle.name)).not.toContain(name);
        await engine.put('torn', name, content, soon());
        const found = await engine.get({ scope: 'torn', name, bytes: 1 }, soon());
        expect(Buffer.from(found).equals(content)).toBe(true);
      }
    }, 60_000);

    it('notices that a connection broke while nobody used it', async () => {
      await engine.list(['main'], soon());
      proxy.cutAll();
      // What the system tells of it comes a moment later.
      await untilItWorks(5, () => engine.list(['main'], soon()));
    });

    it('works over a slow link', async () => {
      proxy.weather = { delayMs: 150, bytesPerSecond: 200_000 };
      const { name, content } = someBundle(20_000);
      await engine.put('slow', name, content, soon());
      expect(await engine.list(['slow'], soon())).toHaveLength(1);
      const found = await engine.get({ scope: 'slow', name, bytes: 1 }, soon());
      expect(Buffer.from(found).equals(content)).toBe(true);
      await expectReason(engine.get({ scope: 'slow', name, bytes: 1 }, soon(200)), 'unreachable');
    }, 60_000);

    it('keeps no process alive, whatever was under way', async () => {
      for (const weather of [{}, { isSilent: true }]) {
        proxy.weather = weather;
        const { output, milliseconds } = await inProcess(viaProxy);
        expect(output).toMatch(Object.keys(weather).length === 0 ? /^worked/ : /^unreachable/);
        expect(milliseconds).toBeLessThan(PATIENCE_MS);
      }
    }, 60_000);

    it('does what it can while the server is killed again and again', async () => {
      if (server.kill === undefined || server.restart === undefined) return;
      const direct = await openEngine(server.url);
      const kept: string[] = [];
      for (const wait of [0, 3, 11, 24]) {
        const made = Array.from({ length: 6 }, () => someBundle(30_000));
        const pushing = made.map(async ({ name, content }) => {
          const own = await openEngine(server.url);
          await own.put('killed', name, content, soon()).then(
            () => kept.push(name),
            (error: unknown) => {
              expect(error).toMatchObject({ reason: 'unreachable' });
            },
          );
          await own.close();
        });
        await new Promise((resolve) => setTimeout(resolve, wait));
        await server.kill();
        await Promise.all(pushing);
        await server.restart();
        // Who could not push does so with the next run; who could may do it twice.
        for (const { name, content } of made.slice(0, 3)) {
          await direct.put('killed', name, content, soon());
          kept.push(name);
        }
      }
      const listed = (await direct.list(['killed'], soon())).map((bundle) => bundle.name);
      expect(listed).toEqual(expect.arrayContaining([...new Set(kept)]));
      expect(new Set(listed).size).toBe(listed.length);
      await direct.close();
    }, 120_000);
  });
}

describe('what a server of objects answers', () => {
  const before = { ...process.env };
  let answer: { status: number; headers?: Record<string, string>; body?: string };
  let server: http.Server;
  let engine: SharedEngine;

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIAEXAMPLE';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'testing';
    engine = await openEngine(`s3://bucket?endpoint=http://127.0.0.1:${port}`);
  });

  afterAll(async () => {
    await engine.close();
    await new Promise((resolve) => server.close(resolve));
    process.env = before;
  });

  const error = (code: string) =>
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>testing</Message><AWSAccessKeyId>AKIAEXAMPLE</AWSAccessKeyId><StringToSign>Signature=1</StringToSign></Error>`;
  const page = (text: string) =>
    `<?xml version="1.0"?><ListBucketResult>${text}</ListBucketResult>`;

  it.each([
    [{ status: 500, body: error('InternalError') }, 'unreachable', /500 \(InternalError\)/],
    [{ status: 503, body: error('SlowDown') }, 'unreachable', /503 \(SlowDown\)/],
    [{ status: 502, body: '<html>testing' }, 'unreachable', /^it answered 502$/],
    [{ status: 429 }, 'unreachable', /429/],
    [{ status: 403, body: error('SignatureDoesNotMatch') }, 'denied', /403/],
    [{ status: 403, body: error('RequestTimeTooSkewed') }, 'denied', /TimeTooSkewed/],
    [{ status: 404, body: error('NoSuchBucket') }, 'unprepared', /no bucket bucket/],
    [
      { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1', location: 'http://x/' } },
      'unprepared',
      /region=eu-west-1/,
    ],
    [{ status: 200, body: '<html>' }, 'refused', /no listing/],
    [{ status: 200, body: '' }, 'refused', /no listing/],
    [{ status: 200, body: page('<IsTruncated>true</IsTruncated>') }, 'refused', /no end/],
  ] as const)('%j is %s', async (given, reason, message) => {
    answer = given;
    await expectReason(engine.list(['main'], soon()), reason, message);
  });

  it('reads no more than a bundle may have', async () => {
    const { name } = someBundle();
    // The size that a server tells is not believed either way.
    answer = { status: 200, body: 'x'.repeat(1000) };
    const found = await engine.get({ scope: 'main', name, bytes: 1 }, soon());
    expect(found).toHaveLength(1000);
  });

  it('a bundle that is gone is no missing bucket', async () => {
    const bundle = { scope: 'main', name: someBundle().name, bytes: 1 };
    answer = { status: 404, body: error('NoSuchKey') };
    await expectReason(engine.get(bundle, soon()), 'gone');
    await engine.remove([bundle], soon());
    answer = { status: 404, body: error('NoSuchBucket') };
    await expectReason(engine.get(bundle, soon()), 'unprepared');
    await expectReason(engine.remove([bundle], soon()), 'unprepared');
  });
});

/** Fails where it does not fail so, in time, or says what nobody may read. */
async function expectReason(
  call: Promise<unknown>,
  reason: string,
  message = /^\S.*/s,
): Promise<void> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SharedStoreError);
  expect(error).toMatchObject({ reason, message: expect.stringMatching(message) as string });
  const { stack, cause } = error as Error;
  expect(`${(error as Error).message} ${stack} ${String(cause)}`).not.toMatch(SECRETS);
}

/** The same store, by way of another port of this machine. */
function through(url: string, port: number): string {
  const changed = new URL(url);
  if (changed.protocol === 's3:') changed.searchParams.set('endpoint', `http://127.0.0.1:${port}`);
  else changed.host = `127.0.0.1:${port}`;
  return changed.href;
}

async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Lists in a process of its own, closes, and waits for that to end by itself. */
async function inProcess(url: string): Promise<{ output: string; milliseconds: number }> {
  const script = `
    require('ts-node/register/transpile-only');
    const { openEngine } = require(${JSON.stringify(path.resolve('src/shared-store/open-engine'))});
    openEngine(process.env.STORE)
      .then((engine) => engine.list(['main'], AbortSignal.timeout(1500)).finally(() => engine.close()))
      .then(() => 'worked', (error) => error.reason)
      .then((text) => process.stdout.write(text + ' '));`;
  const child = spawn(process.execPath, ['-e', script], {
    env: { ...process.env, STORE: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let at = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    at = Date.now();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return { output, milliseconds: Date.now() - at };
}
