import type { Statement } from 'better-sqlite3';
import { isCount, isModuleForm, isStoredPath } from './checks';
import { unpackHash } from './encoding';
import { FINGERPRINT_BYTES } from './footprint';
import type { ModuleForm, StoredVersion } from './types';

/** Where `SelectionData.contents` keeps what is known of a file. */
export function contentsKey(path: string, form: ModuleForm): string {
  return `${path}|${form}`;
}

/** Collects the versions and contents of files from rows. */
export class Files {
  readonly versions = new Map<number, StoredVersion>();
  readonly contents = new Map<string, Map<string, number>>();
  /** How many bytes of bits each version can have. */
  readonly bitLimits = new Map<number, number>();
  readonly #fingerprints: Statement<[number], unknown>;

  /** @param fingerprints Reads the fingerprints of a version. */
  constructor(fingerprints: Statement<[number], unknown>) {
    this.#fingerprints = fingerprints;
  }

  /**
   * @param rows Id, path, form, size and type of the fingerprints, content hash. All rows of a file must come at
   * once; those of one version follow each other.
   */
  add(rows: Iterable<unknown[]>): void {
    const ambiguous: [Map<string, number>, string][] = [];
    let version: StoredVersion | null = null;
    let last: unknown;
    for (const [id, path, form, size, type, packed] of rows) {
      if (id !== last) version = this.#addVersion(id, path, form, type === 'blob' ? size : null);
      last = id;
      const hash = unpackHash(packed);
      if (version === null || hash === null) continue;
      const contents = this.#contentsOf(version);
      if (contents.has(hash)) ambiguous.push([contents, hash]);
      else contents.set(hash, version.id);
    }
    // One content, two versions: something else shapes the transform, so only transforming again can tell.
    for (const [contents, hash] of ambiguous) contents.delete(hash);
  }

  /** @returns Null for what cannot be a version. */
  #addVersion(id: unknown, path: unknown, form: unknown, size: unknown): StoredVersion | null {
    if (!isCount(id) || !isStoredPath(path) || !isModuleForm(form)) return null;
    if (!isCount(size) || size % FINGERPRINT_BYTES !== 0) return null;
    const version = new LazyVersion(id, path, form, this.#fingerprints);
    this.versions.set(id, version);
    this.bitLimits.set(id, Math.ceil(size / FINGERPRINT_BYTES / 8));
    return version;
  }

  #contentsOf({ path, form }: StoredVersion): Map<string, number> {
    const key = contentsKey(path, form);
    let contents = this.contents.get(key);
    if (contents === undefined) this.contents.set(key, (contents = new Map<string, number>()));
    return contents;
  }
}

/** Reads its fingerprints when they are asked for: those of a file that did not change never are. */
class LazyVersion implements StoredVersion {
  readonly id: number;
  readonly path: string;
  readonly form: ModuleForm;
  readonly #read: Statement<[number], unknown>;
  #fingerprints: Buffer | undefined;

  constructor(id: number, path: string, form: ModuleForm, read: Statement<[number], unknown>) {
    this.id = id;
    this.path = path;
    this.form = form;
    this.#read = read;
  }

  get fingerprints(): Buffer {
    if (this.#fingerprints === undefined) {
      const value = this.#read.get(this.id);
      // Another process may have pruned it since: then none of its blocks is known to be there.
      this.#fingerprints = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
    }
    return this.#fingerprints;
  }
}
