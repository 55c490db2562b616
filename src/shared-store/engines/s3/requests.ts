import type { AwsV4Signer } from 'aws4fetch';
import { createHash } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { within } from '../../deadline';
import { SharedStoreError } from '../../engine';
import type { BucketLocation } from './location';

/** What a server answered. */
export interface S3Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

export interface S3Request {
  method: 'GET' | 'PUT' | 'DELETE';
  /** Empty for the bucket itself. */
  key?: string;
  query?: Record<string, string>;
  body?: Uint8Array;
  /** No more than this is read of the answer. */
  maxBytes: number;
}

/** Connections at once; the server's patience is the limit, not ours. */
const MAX_CONNECTIONS = 16;
/** An idle connection is not used again after this time: on the way, something may have forgotten it. */
const MAX_IDLE_MS = 4000;

/**
 * Sends signed requests to one bucket, over connections of its own. Node's `fetch` is not used: a connection that it
 * opens keeps the process alive for ten seconds, also after the request was given up.
 */
export class S3Requests {
  readonly #location: BucketLocation;
  readonly #Signer: typeof AwsV4Signer;
  readonly #agent: http.Agent;

  constructor(location: BucketLocation, Signer: typeof AwsV4Signer) {
    this.#location = location;
    this.#Signer = Signer;
    const { Agent } = location.address.startsWith('https:') ? https : http;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: MAX_CONNECTIONS,
      timeout: MAX_IDLE_MS,
    });
  }

  /** @throws {SharedStoreError} `unreachable` where no whole answer came, `refused` where it is too large. */
  async send(request: S3Request, signal: AbortSignal): Promise<S3Answer> {
    let sent: http.ClientRequest | null = null;
    return await within(
      signal,
      () => sent?.destroy(),
      async () => {
        const { url, options } = await this.#sign(request);
        if (signal.aborted) throw new Error('given up');
        return await new Promise((resolve, reject) => {
          sent = (url.protocol === 'https:' ? https : http).request(url, options);
          let isAnswered = false;
          // Who refuses a large body may answer and hang up before it has all of it.
          sent.on('error', (error) => isAnswered || reject(unreachable(error)));
          sent.on('response', (response) => {
            isAnswered = true;
            readAnswer(response, request.maxBytes).then(resolve, reject);
          });
          sent.end(request.body);
        });
      },
    );
  }

  /** Ends all connections, and what is under way on them. */
  close(): void {
    this.#agent.destroy();
  }

  async #sign({ method, key = '', query = {}, body }: S3Request): Promise<{
    url: URL;
    options: http.RequestOptions;
  }> {
    const { address, accessKeyId, secretAccessKey, sessionToken, region } = this.#location;
    const path = key.split('/').map(encode).join('/');
    const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
    const url = new URL(`${address}/${path}${search.length > 0 ? '?' : ''}${search.join('&')}`);
    const signed = await new this.#Signer({
      method,
      url: url.href,
      // The server refuses what was damaged or cut short on its way.
      headers: {
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
      },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      region,
      service: 's3',
    }).sign();
    const headers: http.OutgoingHttpHeaders = Object.fromEntries(signed.headers);
    if (body !== undefined) headers['content-length'] = body.byteLength;
    return { url, options: { method, headers, agent: this.#agent } };
  }
}

async function readAnswer(response: http.IncomingMessage, maxBytes: number): Promise<S3Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw unreachable(error);
  }
  if (bytes > maxBytes) {
    response.destroy();
    throw new SharedStoreError('refused', `it answered with more than ${maxBytes} bytes`);
  }
  if (!response.complete) throw new SharedStoreError('unreachable', 'its answer was cut short');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks),
  };
}

function unreachable(error: unknown): SharedStoreError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new SharedStoreError(
    'unreachable',
    code === undefined || message.includes(code) ? message : `${message} (${code})`,
  );
}

/** As S3 signs it: each character but letters, digits and `-._~` is encoded. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
