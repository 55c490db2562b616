import type { Statement } from 'better-sqlite3';
import { isCount, isModuleForm, isStoredPath } from '../../records/checks';
import { FINGERPRINT_BYTES } from '../../records/fingerprint';
import type { LoadedVersion, ModuleForm } from '../../records/types';

/** Returns the key of a file in `SelectionData.contents`. */
export function contentsKey(path: string, form: ModuleForm): string {
  return `${path}|${form}`;
}

/** The columns for `Files.add`, from a version `v` and a content `c`. A version has one row per content. */
export const FILE_COLUMNS = [
  'v.id',
  'v.path',
  'v.form',
  "CASE typeof(v.fingerprints) WHEN 'blob' THEN length(v.fingerprints) END",
  "CASE typeof(c.hash) WHEN 'blob' THEN lower(hex(c.hash)) ELSE c.hash END",
];

/** Collects the versions and contents of files from rows. */
export class Files {
  /** The first version of each file, which links to the others. */
  readonly #first = new Map<string, LazyVersion>();
  #versions: Map<number, LoadedVersion> | null = null;
  readonly #fingerprints: FingerprintReader;

  /** @param fingerprints Reads the fingerprints of a version. */
  constructor(fingerprints: Statement<[number], unknown>) {
    this.#fingerprints = new FingerprintReader(fingerprints);
  }

  /** All versions by id. The map is created on demand, because it is not needed if nothing changed. */
  get versions(): ReadonlyMap<number, LoadedVersion> {
    if (this.#versions === null) {
      this.#versions = new Map();
      for (const first of this.#first.values())
        for (const version of first.ofFile()) this.#versions.set(version.id, version);
    }
    return this.#versions;
  }

  /** Returns the versions of each file, in both module forms. */
  *byFile(): Generator<readonly LoadedVersion[]> {
    for (const first of this.#first.values()) yield first.ofFile();
  }

  /** @param columns The columns of `FILE_COLUMNS`. The rows of one version must be consecutive. */
  add([ids = [], paths = [], forms = [], sizes = [], hashes = []]: readonly unknown[][]): void {
    let version: LazyVersion | null = null;
    for (let row = 0; row < ids.length; row += 1) {
      if (row === 0 || ids[row] !== ids[row - 1])
        version = this.#addVersion(ids[row], paths[row], forms[row], sizes[row]);
      const hash = hashes[row];
      if (version !== null && typeof hash === 'string') version.addContent(hash);
    }
  }

  /** @returns Null for an invalid version. */
  #addVersion(id: unknown, path: unknown, form: unknown, size: unknown): LazyVersion | null {
    if (!isCount(id) || !isStoredPath(path) || !isModuleForm(form)) return null;
    if (!isCount(size) || size % FINGERPRINT_BYTES !== 0) return null;
    const bitLimit = Math.ceil(size / FINGERPRINT_BYTES / 8);
    const version = new LazyVersion(id, path, form, bitLimit, this.#fingerprints);
    this.#versions = null;
    const first = this.#first.get(path);
    if (first === undefined) this.#first.set(path, version);
    else first.add(version);
    return version;
  }

  /** Returns which content hash transforms to which version, by `contentsKey`. */
  contents(): Map<string, Map<string, number>> {
    const contents = new Map<string, Map<string, number>>();
    for (const versions of this.byFile()) {
      for (const version of versions) {
        if (version.contents.length === 0) continue;
        const known = new Map<string, number>();
        for (const hash of version.contents)
          if (versionOfContent(versions, version.form, hash) === version)
            known.set(hash, version.id);
        const key = contentsKey(version.path, version.form);
        contents.set(key, new Map([...(contents.get(key) ?? []), ...known]));
      }
    }
    return contents;
  }
}

/**
 * Returns the version that a content of a file transforms to, if it is known.
 * @param versions All versions of the file.
 * @returns Undefined if the content is unknown, or known for two versions. In the latter case something else affects
 *   the transform, so the file must be transformed again.
 */
export function versionOfContent(
  versions: readonly LoadedVersion[],
  form: ModuleForm,
  contentHash: string,
): LoadedVersion | undefined {
  let found: LoadedVersion | undefined;
  for (const version of versions) {
    if (version.form !== form || !version.contents.includes(contentHash)) continue;
    if (found !== undefined) return undefined;
    found = version;
  }
  return found;
}

/**
 * A version whose fingerprints are read on demand, because those of an unchanged file are never needed. Nearly every
 * version has one content and is the only one of its file. So an array is only created for the exceptions.
 */
class LazyVersion implements LoadedVersion {
  #content: string | readonly string[] = NONE;
  #others: LazyVersion[] | null = null;
  readonly id: number;
  readonly path: string;
  readonly form: ModuleForm;
  readonly bitLimit: number;
  readonly #fingerprints: FingerprintReader;

  constructor(
    id: number,
    path: string,
    form: ModuleForm,
    bitLimit: number,
    fingerprints: FingerprintReader,
  ) {
    this.id = id;
    this.path = path;
    this.form = form;
    this.bitLimit = bitLimit;
    this.#fingerprints = fingerprints;
  }

  get contents(): readonly string[] {
    return typeof this.#content === 'string' ? [this.#content] : this.#content;
  }

  addContent(hash: string): void {
    this.#content = this.#content === NONE ? hash : [...this.contents, hash];
  }

  /** Returns all versions of the file, including this one. */
  ofFile(): readonly LazyVersion[] {
    return this.#others === null ? [this] : [this, ...this.#others];
  }

  /** @param version Another version of the same file. */
  add(version: LazyVersion): void {
    (this.#others ??= []).push(version);
  }

  get fingerprints(): Buffer {
    return this.#fingerprints.of(this.id);
  }
}

const NONE: readonly never[] = [];

/** Reads the fingerprints of versions, each once. */
class FingerprintReader {
  readonly #known = new Map<number, Buffer>();
  readonly #read: Statement<[number], unknown>;

  constructor(read: Statement<[number], unknown>) {
    this.#read = read;
  }

  of(id: number): Buffer {
    let known = this.#known.get(id);
    if (known === undefined) {
      const value = this.#read.get(id);
      // Another process may have removed the version. Then none of its blocks counts as present.
      known = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
      this.#known.set(id, known);
    }
    return known;
  }
}
