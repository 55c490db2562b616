import { AwsClient } from 'aws4fetch';
import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { freePorts, untilItWorks, type TestServer } from './server';

const SCRIPT = path.join(__dirname, '../../../scripts/swift-s3.sh');
const NAMES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'AWS_ENDPOINT_URL'];

/** Whether there is an S3 to test with: OpenStack Swift is installed, or `TESTMON_TEST_S3` is set. */
export function hasS3(): boolean {
  return (
    Boolean(process.env['TESTMON_TEST_S3']) ||
    ['swift-proxy-server', 'memcached'].every(
      (name) => spawnSync('which', [name], { stdio: 'ignore' }).status === 0,
    )
  );
}

/**
 * Starts OpenStack Swift, which speaks S3 and checks signatures. Or takes the server that the usual variables of AWS
 * name, where `TESTMON_TEST_S3` is set; buckets are made there and left behind.
 */
export async function startS3(): Promise<TestServer> {
  if (process.env['TESTMON_TEST_S3'])
    return {
      ...(await newBucket(
        Object.fromEntries(NAMES.map((name) => [name, process.env[name] ?? ''])),
      )),
      stop: () => Promise.resolve(),
    };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'testmon-swift-'));
  const port = await freePorts(5);
  const run = promisify(execFile);
  await run('bash', [SCRIPT, 'start', folder, String(port)]);
  const stop = async () => {
    await run('bash', [SCRIPT, 'stop', folder]);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const variables = {
    AWS_ACCESS_KEY_ID: 'test:tester',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
  return { ...(await newBucket(variables)), stop };
}

async function newBucket(
  variables: Record<string, string>,
): Promise<Pick<TestServer, 'url' | 'variables'>> {
  const bucket = `testmon-${randomUUID()}`;
  const endpoint = variables['AWS_ENDPOINT_URL'] ?? '';
  const client = new AwsClient({
    accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
    region: variables['AWS_REGION'] ?? '',
    service: 's3',
    retries: 0,
  });
  await untilItWorks(20, async () => {
    const { status } = await client.fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
    if (status !== 200) throw new Error(`making a bucket was answered by ${status}`);
  });
  return { url: `s3://${bucket}/some/prefix`, variables };
}
