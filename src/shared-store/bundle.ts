import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as zlib from 'node:zlib';
import type { EnvironmentKey } from '../records/types';
import { MAX_BUNDLE_BYTES, readBundleName, SharedStoreError } from './engine';
import type { Signer } from './signing';

/** What a bundle unpacks to at most: many times the database of ten thousand test files. */
const MAX_UNPACKED_BYTES = 512 * 1024 * 1024;

/** A bundle that is ready to be stored. */
export interface PackedBundle {
  name: string;
  content: Uint8Array;
}

/** What is packed, and how its name says so. */
export interface PackOptions {
  environment: EnvironmentKey;
  scope: string;
  /** Milliseconds since the epoch. */
  madeAt: number;
  /** Whether it was made of other bundles, and stands for them. */
  isSnapshot?: boolean;
  signer: Signer | null;
  /** What the bundle may unpack to, in bytes. Default: what a machine takes. */
  largest?: number | undefined;
}

/** The environment as the name of a bundle says it: a machine only fetches what it can use. */
export function environmentLabel(key: EnvironmentKey): { machine: string; environment: string } {
  return {
    machine: machineLabel(key),
    environment: createHash('sha256').update(environmentText(key)).digest('hex').slice(0, 16),
  };
}

/** All that names an environment, as one text. */
export function environmentText(key: EnvironmentKey): string {
  const { name, project, nodeMajor, platform, hash } = key;
  return JSON.stringify([name, project, nodeMajor, platform, hash]);
}

/** What of an environment a person can be told. */
export function machineLabel({
  nodeMajor,
  platform,
}: Pick<EnvironmentKey, 'nodeMajor' | 'platform'>): string {
  return `node${nodeMajor}.${platform}`;
}

/**
 * Makes a bundle of a database.
 * @param file Of nothing but what is to be shared.
 * @throws {SharedStoreError} `refused` where it is so large that no machine would take it.
 */
export function packBundle(file: string, options: PackOptions): PackedBundle {
  const { largest = MAX_UNPACKED_BYTES } = options;
  if (fs.statSync(file).size > largest) throw tooLarge(UNPACKS_TO, largest);
  // Mostly hashes: a higher level takes twice the time, for a tenth of the size.
  const content = zlib.gzipSync(fs.readFileSync(file), { level: 1 });
  if (content.length > MAX_BUNDLE_BYTES) throw tooLarge('it is packed into', MAX_BUNDLE_BYTES);
  const { machine, environment } = environmentLabel(options.environment);
  const parts = [
    String(Math.max(0, Math.trunc(options.madeAt))).padStart(13, '0'),
    machine,
    environment,
    ...(options.isSnapshot === true ? ['all'] : []),
    createHash('sha256').update(content).digest('hex'),
  ];
  const name = parts.join('-');
  const signature = options.signer?.(options.scope, name);
  return { name: signature === undefined ? name : `${name}.${signature}`, content };
}

/** Like `packBundle`. Null where no machine would take the bundle. */
export function packIfTaken(file: string, options: PackOptions): PackedBundle | null {
  try {
    return packBundle(file, options);
  } catch (error) {
    if (error instanceof SharedStoreError && error.reason === 'refused') return null;
    throw error;
  }
}

/**
 * Writes the database that a bundle holds.
 * @param content As it was found, by whoever wrote it.
 * @param file Where the database goes: a new file.
 * @throws {SharedStoreError} `refused` where it is not what its name says, or unpacks to too much.
 */
export function unpackBundle(name: string, content: Uint8Array, file: string): void {
  const known = readBundleName(name);
  if (known === null || createHash('sha256').update(content).digest('hex') !== known.sha256)
    throw new SharedStoreError('refused', 'its content is not what its name says');
  fs.writeFileSync(file, gunzip(content), { flag: 'wx', mode: 0o600 });
}

function gunzip(content: Uint8Array): Buffer {
  try {
    return zlib.gunzipSync(content, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? tooLarge(UNPACKS_TO, MAX_UNPACKED_BYTES)
      : new SharedStoreError('refused', 'it cannot be unpacked');
  }
}

const UNPACKS_TO = 'it unpacks to';

function tooLarge(does: string, bytes: number): SharedStoreError {
  return new SharedStoreError('refused', `${does} more than ${bytes / 1024 / 1024} MB`);
}
