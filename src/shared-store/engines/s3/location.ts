import { SharedStoreError } from '../../engine';

/** Where a bucket is, and by whose keys it is opened. */
export interface BucketLocation {
  bucket: string;
  /** Before each key; empty, or with a slash at its end. */
  prefix: string;
  region: string;
  /** The URL of the bucket itself, without a slash at its end. */
  address: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | undefined;
}

/**
 * Reads `s3://bucket/prefix?region=…&endpoint=…&style=path|virtual` and the variables that all tools for S3 read.
 * @throws {SharedStoreError} `unprepared` where something is missing or cannot be meant.
 */
export function readLocation(url: URL, environment: NodeJS.ProcessEnv): BucketLocation {
  if (url.username !== '' || url.password !== '')
    throw unprepared('keys do not belong into the URL: set AWS_ACCESS_KEY_ID and so on');
  const bucket = url.hostname;
  if (!/^[\w.-]{1,255}$/.test(bucket))
    throw unprepared('the URL names no bucket: s3://bucket/prefix');
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw unprepared('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
  const region =
    url.searchParams.get('region') ??
    (environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || 'us-east-1');
  if (!/^[\w-]{1,64}$/.test(region)) throw unprepared('the region cannot be one');
  return {
    bucket,
    prefix: readPrefix(url.pathname),
    region,
    address: addressOf(bucket, region, url.searchParams, environment),
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || undefined,
  };
}

function readPrefix(pathname: string): string {
  const parts = decodeURIComponent(pathname)
    .split('/')
    .filter((part) => part !== '');
  // URLs are resolved on their way, so that such a key would be another one.
  if (parts.includes('.') || parts.includes('..')) throw unprepared('the prefix holds dots alone');
  return parts.map((part) => `${part}/`).join('');
}

function addressOf(
  bucket: string,
  region: string,
  parameters: URLSearchParams,
  environment: NodeJS.ProcessEnv,
): string {
  const endpoint =
    parameters.get('endpoint') ??
    (environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'] || null);
  const server = readEndpoint(
    endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
  );
  const style = parameters.get('style') ?? usualStyle(bucket, endpoint);
  if (style !== 'path' && style !== 'virtual')
    throw unprepared('style is either "path" or "virtual"');
  if (style === 'virtual') server.hostname = `${bucket}.${server.hostname}`;
  else server.pathname = `${server.pathname.replace(/\/$/, '')}/${bucket}`;
  return server.href.replace(/\/$/, '');
}

/** Amazon wants the bucket in the host's name; most others know their own name alone. */
function usualStyle(bucket: string, endpoint: string | null): string {
  // A certificate for `*.s3…` is none for names with more dots.
  return endpoint === null && /^[a-z\d-]+$/.test(bucket) ? 'virtual' : 'path';
}

function readEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw unprepared('the endpoint is no http or https URL without keys');
  url.search = url.hash = '';
  return url;
}

function unprepared(message: string): SharedStoreError {
  return new SharedStoreError('unprepared', message);
}
