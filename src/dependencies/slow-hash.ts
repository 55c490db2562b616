import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { stateFolder } from '../machine/folders';
import { removeIfThere, writeAtomically } from '../machine/atomic-write';
import { machineSecret } from '../machine/secret';
import { getOrCreate } from './get-or-create';

/** Captured at load, before tests can mock these functions and before interception patches them. */
const { readFileSync, readdirSync, statSync } = fs;
const [hmac, random, scrypt] = [createHmac, randomBytes, scryptSync];
/**
 * Node's crypto functions convert a text by `Buffer.from`, which a test may have replaced. So texts are converted
 * here.
 */
// eslint-disable-next-line @typescript-eslint/unbound-method -- It is put back where it was.
const nodesFrom = Buffer.from;
const bytes: (text: string) => Buffer = nodesFrom.bind(Buffer);

/** Stores slow hashes, so that each is computed once. The file names are keyed hashes, which reveal nothing. */
export interface HashMemo {
  /** Absolute path of a folder that only this user can use. */
  folder: string;
  key: string;
}

/** The prefix of a slow hash. It identifies the algorithm. */
const PREFIX = 's1:';

/** Each attempt to guess a text costs about 15 ms of CPU time and 4 MB of memory. */
const SCRYPT_COST = { N: 4096, r: 8, p: 1 };
const HASH_BYTES = 16;

/** When more hashes are stored, the older half is removed. */
const MAX_KEPT_HASHES = 2_000;

/** Whether a hash was made by `slowHashes`. */
export function isSlowHash(hash: string): boolean {
  return hash.startsWith(PREFIX);
}

/** Hashes texts that may be short secrets. The hash is slow, so that guessing the text is expensive. */
class SlowHashes {
  /** The hashes of this process, by purpose and text. */
  readonly #known = new Map<string, string>();
  /** Undefined until it is first needed. Null if no folder is available. */
  #memo: HashMemo | null | undefined;
  #isPruned = false;

  /**
   * Returns the hash of a text. It is the same on every machine, so that records of several machines can be compared.
   * @param purpose What the text is, as a salt.
   */
  of(purpose: string, text: string): string {
    const subject = `${purpose}\0${text}`;
    return getOrCreate(this.#known, subject, () => this.#readOrCompute(purpose, text, subject));
  }

  /** Makes a worker use the memo of its controller. */
  useMemo(shared: HashMemo | null): void {
    this.#memo = shared;
  }

  /**
   * Returns the memo of this process, so that other processes of the run can use it.
   * @param folder Absolute path of the folder to use for this run if the machine has none.
   */
  sharedMemo(folder: string): HashMemo {
    this.#memo ??= memoOfMachine() ?? { folder, key: random(16).toString('hex') };
    return this.#memo;
  }

  #readOrCompute(purpose: string, text: string, subject: string): string {
    if (this.#memo === undefined) this.#memo = memoOfMachine();
    const file = this.#memo === null ? null : fileFor(this.#memo, subject);
    const kept = file === null ? null : read(file);
    if (kept !== null) return kept;
    const salt = bytes(`jest-testmon ${PREFIX}${purpose}`);
    const hash = withNodesBuffer(() => scrypt(bytes(text), salt, HASH_BYTES, SCRYPT_COST));
    const made = PREFIX + hash.toString('base64url');
    if (file !== null) this.#keep(file, made);
    return made;
  }

  /** Stores a hash. Errors are ignored: the hash is then computed again. */
  #keep(file: string, hash: string): void {
    try {
      writeAtomically(file, hash, { folderMode: 0o700 });
      if (this.#isPruned) return;
      this.#isPruned = true;
      prune(path.dirname(file));
    } catch {
      // The folder is not writable, or a test has replaced `fs`.
    }
  }
}

/** The slow hashes of this process. */
export const slowHashes = new SlowHashes();

function memoOfMachine(): HashMemo | null {
  const [folder, secret] = [stateFolder(), machineSecret()];
  if (folder === null || secret === null) return null;
  return { folder: path.join(folder, 'hashes'), key: secret.key };
}

/** Runs a function with Node's own `Buffer.from`. Node 20's scrypt calls it, and a test's spy would count that call. */
function withNodesBuffer<Result>(work: () => Result): Result {
  const found = Object.getOwnPropertyDescriptor(Buffer, 'from');
  if (found === undefined || found.value === nodesFrom || found.configurable !== true)
    return work();
  Object.defineProperty(Buffer, 'from', { ...found, value: nodesFrom });
  try {
    return work();
  } finally {
    Object.defineProperty(Buffer, 'from', found);
  }
}

function fileFor({ folder, key }: HashMemo, subject: string): string {
  return path.join(folder, hmac('sha256', bytes(key)).update(PREFIX).update(subject).digest('hex'));
}

const SLOW_HASH = new RegExp(`^${PREFIX}[\\w-]{22}$`);

function read(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8');
    return SLOW_HASH.test(text) ? text : null;
  } catch {
    // Not hashed on this machine yet.
    return null;
  }
}

function prune(folder: string): void {
  const files = readdirSync(folder).map((name) => path.join(folder, name));
  if (files.length <= MAX_KEPT_HASHES) return;
  const byAge = files.map((file) => ({ file, at: statSync(file).mtimeMs }));
  byAge.sort((a, b) => b.at - a.at);
  for (const { file } of byAge.slice(MAX_KEPT_HASHES / 2)) removeIfThere(file);
}
