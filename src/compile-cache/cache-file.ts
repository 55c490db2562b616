import * as fs from 'node:fs';
import * as path from 'node:path';
import type * as vm from 'node:vm';
import { writeAtomically } from '../machine/atomic-write';
import { removeOldCode } from '../machine/compiled';
import { OWN_FOLDER } from '../run/own-frames';
import { Archive, encodeArchive, type Checksum, type CompiledModule } from './archive';
import type { CodeStore } from './modules';

/** Captured at load, before tests can mock `fs` and before interception patches it. */
const { closeSync, existsSync, fstatSync, openSync, readSync } = fs;

/** Shorter modules compile as fast as they could be looked up. */
const MIN_SOURCE_CHARACTERS = 300;

/** If this process compiled fewer characters than this, writing the archive is not worth the time. */
const MIN_NEW_CHARACTERS = 100_000;

/** The size above which `flush` drops the modules that this process did not use. */
const MAX_ARCHIVE_BYTES = 64 << 20;

const NODE_MODULES = `${path.sep}node_modules${path.sep}`;

/** Stores the compiled code of installed packages in one archive file. */
export class CacheFile implements CodeStore {
  readonly #file: string;
  readonly #checksum: Checksum;
  readonly #archive: Archive;
  readonly #used = new Set<string>();
  readonly #fresh = new Map<string, { source: number; script: vm.Script | null }>();
  #uncompiled = 0;

  /**
   * @param file Absolute path of the archive.
   * @param archive What the file holds now.
   */
  constructor(file: string, archive: Archive, checksum: Checksum) {
    this.#file = file;
    this.#archive = archive;
    this.#checksum = checksum;
  }

  /** Only installed packages (and this one) are cached. The project's own code changes too often. */
  keeps(filename: string): boolean {
    return filename.includes(NODE_MODULES) || filename.startsWith(OWN_FOLDER);
  }

  isWorthStoring(content: string): boolean {
    return content.length >= MIN_SOURCE_CHARACTERS;
  }

  find(filename: string): CompiledModule | null {
    const found = this.#archive.get(filename);
    if (found !== null) this.#used.add(filename);
    return found;
  }

  missed(filename: string, source: number, script: vm.Script | null, length: number): void {
    this.#fresh.set(filename, { source, script });
    this.#uncompiled += length;
  }

  /**
   * Adds what was compiled since the last call to the archive file. The cached data includes the functions that have
   * been called, because V8 compiles each function at its first call.
   */
  flush(): void {
    if (this.#uncompiled < MIN_NEW_CHARACTERS) return;
    writeArchive(this.#file, this.#all(), this.#checksum);
    this.#uncompiled = 0;
    this.#fresh.clear();
  }

  /**
   * The modules to write: what the file holds by now, as other processes write to it too, and what this process
   * compiled.
   */
  #all(): Map<string, CompiledModule> {
    const written = openArchive(this.#file, this.#checksum);
    try {
      const modules = this.#worthKeeping(written ?? this.#archive);
      for (const [filename, { source, script }] of this.#fresh)
        modules.set(filename, { source, code: script?.createCachedData() ?? NO_CODE });
      return modules;
    } finally {
      written?.close();
    }
  }

  #worthKeeping(kept: Archive): Map<string, CompiledModule> {
    const modules = new Map<string, CompiledModule>();
    const present = [...kept.files()].filter((filename) => existsSync(filename));
    const fits =
      present.reduce((size, filename) => size + kept.sizeOf(filename), 0) <= MAX_ARCHIVE_BYTES;
    for (const filename of fits ? present : this.#used) {
      const found = kept.get(filename);
      if (found !== null) modules.set(filename, found);
    }
    return modules;
  }
}

const NO_CODE = Buffer.alloc(0);

/**
 * Opens an archive. The file stays open until `close` is called.
 * @returns Null if the file cannot be opened.
 * @throws {Error} If it cannot be read.
 */
export function openArchive(file: string, checksum: Checksum): Archive | null {
  let opened: number;
  try {
    opened = openSync(file, 'r');
  } catch {
    // There is no archive yet.
    return null;
  }
  const close = (): void => closeSync(opened);
  try {
    const { size } = fstatSync(opened);
    const read = (start: number, length: number): Buffer => {
      // A damaged head may tell any length.
      const part = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - start)));
      return part.subarray(0, readSync(opened, part, 0, part.length, start));
    };
    return new Archive(read, checksum, close);
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Writes an archive in one step, so that another process reads either the old content or the new. Also removes old
 * archives from its folder. Errors are ignored, because the cache only saves time.
 */
export function writeArchive(
  file: string,
  modules: ReadonlyMap<string, CompiledModule>,
  checksum: Checksum,
): void {
  try {
    writeAtomically(file, encodeArchive(modules, checksum), { folderMode: 0o700 });
    removeOldCode(path.dirname(file));
  } catch {
    // The folder is not writable. Node then compiles without a cache.
  }
}
