/** Where machines share their records, in full. */
export interface SharedOptions {
  /** `postgres://…`, `s3://bucket/prefix?region=…` or `file:///folder`. */
  url: string;
  /** What this machine reads, and writes where it may. Default: as CI's variables say, `pr/123` or `main`. */
  scope?: string;
  /** What is read beside it. Default: that of the branch that a pull request goes to, and `main`. */
  base?: string;
  /** Whether this machine sends what it records. Default: in CI, but for pull requests from forks. */
  write?: boolean;
  /** An Ed25519 key (SPKI, as PEM or base64); bundles that are not signed with its other half are ignored. */
  publicKey?: string;
  /** Milliseconds that a run waits for the store before it goes on without. Default: 3,000. */
  timeout?: number;
  /** Whether the shards of a CI run divide the test files by recorded time, as the first one finds it. Default: no. */
  balanceShards?: boolean;
}

const KEYS: Record<keyof SharedOptions, (value: unknown) => boolean> = {
  url: isSharedUrl,
  scope: isScopeName,
  base: isScopeName,
  write: (value) => typeof value === 'boolean',
  publicKey: (value) => typeof value === 'string' && value !== '',
  balanceShards: (value) => typeof value === 'boolean',
  timeout: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
};

/** Whether a value can be that of the option `shared`. */
export function isShared(value: unknown): boolean {
  if (typeof value === 'string') return value === 'off' || isSharedUrl(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return (
    'url' in value &&
    Object.entries(value).every(
      ([key, one]) =>
        one === undefined || (Object.hasOwn(KEYS, key) && KEYS[key as keyof SharedOptions](one)),
    )
  );
}

/** A URL that comes later takes the place of one that an object holds, and leaves the rest. */
export function combineShared(
  before: string | SharedOptions,
  value: string | SharedOptions,
): string | SharedOptions {
  if (typeof before === 'string' || typeof value !== 'string' || value === 'off') return value;
  return { ...before, url: value };
}

/** Whether a text can be a scope: `main`, `pr/123`. */
export function isScopeName(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    /^[\w./-]{1,200}$/.test(text) &&
    text.split('/').every((part) => part !== '' && !part.startsWith('.'))
  );
}

function isSharedUrl(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    /^(?:postgres|postgresql|s3|file):\/\//.test(text) &&
    URL.canParse(text)
  );
}
