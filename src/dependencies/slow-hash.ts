import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { stateFolder } from '../machine/folders';
import { removeIfThere, writeAtomically } from '../machine/atomic-write';
import { machineSecret } from '../machine/secret';
import { getOrCreate } from './get-or-create';

/** As they are before anyone watches or replaces them: tests ask for variables while both are done to them. */
const { readFileSync, readdirSync, statSync } = fs;
const [hmac, random, scrypt] = [createHmac, randomBytes, scryptSync];
/** Given a text, Node's functions make bytes of it by the `Buffer.from` that tests may have replaced. */
// eslint-disable-next-line @typescript-eslint/unbound-method -- It is put back where it was.
const nodesFrom = Buffer.from;
const bytes: (text: string) => Buffer = nodesFrom.bind(Buffer);

/** Where slow hashes are kept, so that each is made once. The names of its files are keyed and tell nothing. */
export interface HashMemo {
  /** Absolute path of a folder that this user alone can use. */
  folder: string;
  key: string;
}

/** What a slow hash begins with; another one makes other hashes of the same texts. */
const FORM = 's1:';

/** About 15 ms of a processor and 4 MB for each text that is tried. */
const COST = { N: 4096, r: 8, p: 1 };
const BYTES = 16;

/** Beyond so many kept hashes, the older half goes. */
const MAX_KEPT_HASHES = 2_000;

/** Whether a hash is one of `slowHashes`. */
export function isSlowHash(hash: string): boolean {
  return hash.startsWith(FORM);
}

/** Hashes texts that may be secrets and may be short: trying texts takes long. */
class SlowHashes {
  /** By purpose and text: what was hashed. */
  readonly #known = new Map<string, string>();
  /** Undefined until someone asks or tells; null where there is none. */
  #memo: HashMemo | null | undefined;
  #isPruned = false;

  /**
   * The hash of a text. Equal on every machine, so that records of several can be compared.
   * @param purpose What the text is of, which salts the hash.
   */
  of(purpose: string, text: string): string {
    const subject = `${purpose}\0${text}`;
    return getOrCreate(this.#known, subject, () => this.#kept(purpose, text, subject));
  }

  /** Has this process use what its controller uses. */
  useMemo(shared: HashMemo | null): void {
    this.#memo = shared;
  }

  /**
   * The memo of this process, for others that take part in its run.
   * @param folder Where one is made that lasts as long as the run, as there is none of the machine.
   */
  sharedMemo(folder: string): HashMemo {
    this.#memo ??= memoOfMachine() ?? { folder, key: random(16).toString('hex') };
    return this.#memo;
  }

  #kept(purpose: string, text: string, subject: string): string {
    if (this.#memo === undefined) this.#memo = memoOfMachine();
    const file = this.#memo === null ? null : placeIn(this.#memo, subject);
    const kept = file === null ? null : read(file);
    if (kept !== null) return kept;
    const salt = bytes(`jest-testmon ${FORM}${purpose}`);
    const hash = withNodesBuffer(() => scrypt(bytes(text), salt, BYTES, COST));
    const made = FORM + hash.toString('base64url');
    if (file !== null) this.#keep(file, made);
    return made;
  }

  /** Where it cannot be kept, it is made again: that costs time alone, so nothing is said. */
  #keep(file: string, hash: string): void {
    try {
      writeAtomically(file, hash, { folderMode: 0o700 });
      if (this.#isPruned) return;
      this.#isPruned = true;
      prune(path.dirname(file));
    } catch {
      // The folder is not to be written, or it is not the real one now.
    }
  }
}

/** The one of this process. */
export const slowHashes = new SlowHashes();

function memoOfMachine(): HashMemo | null {
  const [folder, secret] = [stateFolder(), machineSecret()];
  if (folder === null || secret === null) return null;
  return { folder: path.join(folder, 'hashes'), key: secret.key };
}

/** Node 20's scrypt makes its result by `Buffer.from` as it finds it: a test's spy would count that. */
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

function placeIn({ folder, key }: HashMemo, subject: string): string {
  return path.join(folder, hmac('sha256', bytes(key)).update(FORM).update(subject).digest('hex'));
}

const WHOLE = new RegExp(`^${FORM}[\\w-]{22}$`);

function read(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8');
    return WHOLE.test(text) ? text : null;
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
