/** One stored bundle. */
export interface StoredBundle {
  scope: string;
  /** See `isBundleName`; never used again for other content. */
  name: string;
  bytes: number;
}

/**
 * Where bundles are kept: a folder, PostgreSQL or object storage. An engine knows nothing of what bundles hold. What it
 * throws is made a `SharedStoreError` by `openEngine`, with everything that is secret left out. Nothing is tried twice:
 * the next run does.
 */
export interface SharedEngine {
  /** All bundles of these scopes, in one round trip where the engine can. A scope that was never written has none. */
  list(scopes: readonly string[], signal: AbortSignal): Promise<StoredBundle[]>;
  /**
   * The content of a bundle.
   * @throws {SharedStoreError} `gone` where it is not there (any more), `refused` where it is larger than
   *   `MAX_BUNDLE_BYTES`, of which no more than that is read.
   */
  get(bundle: StoredBundle, signal: AbortSignal): Promise<Uint8Array>;
  /** Keeps a bundle. A reader finds it whole or not at all. Doing so twice makes no difference. */
  put(scope: string, name: string, content: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Removes bundles; one that is not there is no error. */
  remove(bundles: readonly StoredBundle[], signal: AbortSignal): Promise<void>;
  /**
   * Writes `value` under `key` unless somebody was first. Absent where the engine cannot say who was (S3).
   * @param key Letters, digits and hyphens, at most 100.
   * @param value At most a million characters.
   * @returns What stands there now.
   */
  pin?(key: string, value: string, signal: AbortSignal): Promise<string>;
  /**
   * Makes what the engine needs, or finds out whether it is there.
   * @returns What to tell the person who asked: what was made, and what to grant to whom; a line each.
   */
  initialise(signal: AbortSignal): Promise<string[]>;
  /** Lets go of connections. Never fails, and does not wait for what is under way. */
  close(): Promise<void>;
}

/** Nothing larger is read, whatever an engine says of its size. */
export const MAX_BUNDLE_BYTES = 256 * 1024 * 1024;

/**
 * What a bundle is called: when it was made (milliseconds since the epoch, by a clock that may be wrong), where it was
 * recorded, the hash of its environment, whether it stands for others, the SHA-256 of its content, and perhaps an
 * Ed25519 signature.
 */
const BUNDLE_NAME =
  /^(\d{13})-(node\d{1,4}\.[a-z\d]{1,16})-([\da-f]{16})-(all-)?([\da-f]{64})(?:\.([\w-]{86}))?$/;

/** Whether a file, a row or an object that was found can be a bundle of ours. Others are left alone. */
export function isBundleName(name: string): boolean {
  return BUNDLE_NAME.test(name);
}

/** The parts of a bundle's name. */
export interface BundleName {
  madeAt: number;
  /** Node's major version and the platform, as `node22.linux`. */
  machine: string;
  /** Of the whole environment. */
  environment: string;
  /** Whether it was made of other bundles, and stands for them. */
  isSnapshot: boolean;
  /** Of the content. */
  sha256: string;
  signature: string | null;
}

/** @returns Null where the name is not one of a bundle. */
export function readBundleName(name: string): BundleName | null {
  const [, madeAt, machine, environment, all, sha256, signature] = BUNDLE_NAME.exec(name) ?? [];
  if (machine === undefined || environment === undefined || sha256 === undefined) return null;
  return {
    madeAt: Number(madeAt),
    machine,
    environment,
    isSnapshot: all !== undefined,
    sha256,
    signature: signature ?? null,
  };
}

/** A scope as one part of a path or of a key. No scope's folder is the beginning of another's. */
export function scopeFolder(scope: string): string {
  return encodeURIComponent(scope);
}

/** Why a shared store could not be used. */
export type SharedStoreReason =
  /** It does not answer, or not in time. */
  | 'unreachable'
  /** It does not let us do that. */
  | 'denied'
  /** What it needs is missing: a package, a table, a bucket. The message says what to do. */
  | 'unprepared'
  /** The bundle is not there any more. */
  | 'gone'
  /** What it holds is not believed. */
  | 'refused';

/** The message is a sentence for a person. `openEngine` takes out of it what is secret. */
export class SharedStoreError extends Error {
  override readonly name = 'SharedStoreError';
  readonly reason: SharedStoreReason;

  constructor(reason: SharedStoreReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
