import type * as aws4fetch from 'aws4fetch';
import { randomUUID } from 'node:crypto';
import {
  isBundleName,
  MAX_BUNDLE_BYTES,
  SharedStoreError,
  type SharedEngine,
  type StoredBundle,
} from '../../engine';
import { loadOptional } from '../../optional-package';
import { grantsFor } from './grants';
import { readListing } from './listing';
import { readLocation, type BucketLocation } from './location';
import { S3Requests, type S3Answer, type S3Request } from './requests';

/** A page of a listing has a thousand objects, about 500 bytes each. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
/** A store that is never compacted grows without end; a million bundles are not read. */
const MAX_PAGES = 1000;
/** What is read of an answer that has nothing to tell but whether it worked. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Opens S3 or what speaks its language. */
export function openS3(url: URL): SharedEngine {
  const location = readLocation(url, process.env);
  const { AwsV4Signer } = loadOptional('aws4fetch') as Pick<typeof aws4fetch, 'AwsV4Signer'>;
  return new S3Engine(location, new S3Requests(location, AwsV4Signer));
}

/**
 * Bundles as objects: `<prefix><scope>/<name>`, where a scope's slashes are tildes. There is no `pin`: writing only
 * where nothing stands is not something that all of S3's kind can do.
 */
class S3Engine implements SharedEngine {
  readonly #location: BucketLocation;
  readonly #requests: S3Requests;

  constructor(location: BucketLocation, requests: S3Requests) {
    this.#location = location;
    this.#requests = requests;
  }

  async list(scopes: readonly string[], signal: AbortSignal): Promise<StoredBundle[]> {
    const found = await Promise.all(scopes.map((scope) => this.#listScope(scope, signal)));
    return found.flat();
  }

  async get({ scope, name }: StoredBundle, signal: AbortSignal): Promise<Uint8Array> {
    const request = {
      method: 'GET',
      key: this.#keyOf(scope, name),
      maxBytes: MAX_BUNDLE_BYTES,
    } as const;
    const answer = await this.#requests.send(request, signal);
    if (answer.status === 404 && errorCode(answer) !== 'NoSuchBucket')
      throw new SharedStoreError('gone', `${name} is not there any more`);
    return this.#checked(answer).body;
  }

  async put(scope: string, name: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#putObject(this.#keyOf(scope, name), content, signal);
  }

  async remove(bundles: readonly StoredBundle[], signal: AbortSignal): Promise<void> {
    const keys = bundles.map(({ scope, name }) => this.#keyOf(scope, name));
    await Promise.all(keys.map((key) => this.#deleteObject(key, signal)));
  }

  async initialise(signal: AbortSignal): Promise<string[]> {
    const { bucket, prefix } = this.#location;
    await this.#page({ prefix, 'max-keys': '1' }, signal);
    const lines = [`The bucket ${bucket} can be listed.`];
    try {
      // No scope begins with a dot.
      const key = `${prefix}.check/${randomUUID()}`;
      await this.#putObject(key, Buffer.from('jest-testmon'), signal);
      lines.push(`It can be written under ${bucket}/${prefix}.`);
      await this.#deleteObject(key, signal);
      lines.push('Objects in it can be removed.');
    } catch (error) {
      if (!(error instanceof SharedStoreError) || error.reason !== 'denied') throw error;
      lines.push(
        lines.length === 1
          ? 'These keys may not write there: whoever uses them only reads.'
          : 'These keys may not remove objects there: whoever uses them does not compact.',
      );
    }
    return [...lines, ...grantsFor(this.#location)];
  }

  close(): Promise<void> {
    this.#requests.close();
    return Promise.resolve();
  }

  async #listScope(scope: string, signal: AbortSignal): Promise<StoredBundle[]> {
    const prefix = this.#folderOf(scope);
    const bundles: StoredBundle[] = [];
    let after = '';
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const query = { prefix, ...(after !== '' && { 'start-after': after }) };
      const { objects, isTruncated } = await this.#page(query, signal);
      for (const { key, bytes } of objects) {
        const name = key.startsWith(prefix) ? key.slice(prefix.length) : '';
        if (isBundleName(name)) bundles.push({ scope, name, bytes });
      }
      const last = objects.at(-1)?.key;
      if (!isTruncated) return bundles;
      if (last === undefined || last === after)
        throw new SharedStoreError('refused', 'its listing has no end');
      after = last;
    }
    throw new SharedStoreError(
      'refused',
      `it lists more than ${MAX_PAGES} pages of bundles for ${scope}`,
    );
  }

  async #page(query: Record<string, string>, signal: AbortSignal) {
    const request: S3Request = {
      method: 'GET',
      query: { 'list-type': '2', 'encoding-type': 'url', ...query },
      maxBytes: MAX_PAGE_BYTES,
    };
    const { body } = this.#checked(await this.#requests.send(request, signal));
    return readListing(body.toString('utf8'));
  }

  async #putObject(key: string, body: Uint8Array, signal: AbortSignal): Promise<void> {
    const request = { method: 'PUT', key, body, maxBytes: MAX_ERROR_BYTES } as const;
    this.#checked(await this.#requests.send(request, signal));
  }

  async #deleteObject(key: string, signal: AbortSignal): Promise<void> {
    const request = { method: 'DELETE', key, maxBytes: MAX_ERROR_BYTES } as const;
    const answer = await this.#requests.send(request, signal);
    if (answer.status !== 404 || errorCode(answer) === 'NoSuchBucket') this.#checked(answer);
  }

  #folderOf(scope: string): string {
    return `${this.#location.prefix}${scope.replaceAll('/', '~')}/`;
  }

  #keyOf(scope: string, name: string): string {
    if (!isBundleName(name)) throw new SharedStoreError('refused', 'that is no name of a bundle');
    return this.#folderOf(scope) + name;
  }

  #checked(answer: S3Answer): S3Answer {
    const { status, headers } = answer;
    if (status >= 200 && status < 300) return answer;
    const code = errorCode(answer);
    if (code === 'NoSuchBucket')
      throw new SharedStoreError('unprepared', `there is no bucket ${this.#location.bucket}`);
    const region = headers['x-amz-bucket-region'];
    if ((status >= 300 && status < 400) || code === 'AuthorizationHeaderMalformed')
      throw new SharedStoreError(
        'unprepared',
        `the bucket is elsewhere${typeof region === 'string' && /^[\w-]+$/.test(region) ? `: put region=${region} into the URL` : ''}`,
      );
    throw new SharedStoreError(
      status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'denied' : 'unreachable',
      `it answered ${status}${code === '' ? '' : ` (${code})`}`,
    );
  }
}

/** No more of an error's text is repeated: some servers quote the signature. */
function errorCode({ body }: S3Answer): string {
  return /<Code>([A-Za-z]{1,60})<\/Code>/.exec(body.toString('latin1', 0, 4096))?.[1] ?? '';
}
