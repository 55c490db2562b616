import * as fs from 'node:fs';
import * as path from 'node:path';
import type * as vm from 'node:vm';
import { writeAtomically } from '../machine/atomic-write';
import { removeOldCode } from '../machine/compiled';
import { OWN_FOLDER } from '../run/own-frames';
import { Archive, encodeArchive, type Checksum, type CompiledModule } from './archive';
import type { CodeStore } from './modules';

/** As they are before anyone watches or replaces them. */
const { closeSync, existsSync, fstatSync, openSync, readSync } = fs;

/** Modules of fewer characters are as fast to compile as to look up. */
const MIN_SOURCE_CHARACTERS = 300;

/** Fewer characters of code that had to be compiled are not worth writing for. */
const MIN_NEW_BYTES = 100_000;

/** Bytes; beyond them what this process did not need makes room. */
const MAX_ARCHIVE_BYTES = 64 << 20;

const INSTALLED = `${path.sep}node_modules${path.sep}`;

/** The compiled code of packages, in one file. */
export class CacheFile implements CodeStore {
  readonly #file: string;
  readonly #checksum: Checksum;
  readonly #archive: Archive;
  readonly #used = new Set<string>();
  readonly #fresh = new Map<string, { source: number; script: vm.Script | null }>();
  #uncompiled = 0;

  /**
   * @param file Absolute path.
   * @param archive What stands there.
   */
  constructor(file: string, archive: Archive, checksum: Checksum) {
    this.#file = file;
    this.#archive = archive;
    this.#checksum = checksum;
  }

  /** The code of packages, which seldom changes; that of the project is another one day by day. */
  keeps(filename: string): boolean {
    return filename.includes(INSTALLED) || filename.startsWith(OWN_FOLDER);
  }

  isWorth(content: string): boolean {
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

  /** Keeps what had to be compiled, with the functions that were compiled as they were called. */
  flush(): void {
    if (this.#uncompiled < MIN_NEW_BYTES) return;
    writeArchive(this.#file, this.#all(), this.#checksum);
    this.#uncompiled = 0;
    this.#fresh.clear();
  }

  /** What is kept by now, by other processes too, and what this one adds. */
  #all(): Map<string, CompiledModule> {
    const written = openArchive(this.#file, this.#checksum);
    try {
      const modules = this.#worthKeeping(written ?? this.#archive);
      for (const [filename, { source, script }] of this.#fresh)
        modules.set(filename, { source, code: script?.createCachedData() ?? NOTHING });
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

const NOTHING = Buffer.alloc(0);

/** The archive in a file, which stays open until it is closed; null where there is none. */
export function openArchive(file: string, checksum: Checksum): Archive | null {
  let opened: number;
  try {
    opened = openSync(file, 'r');
  } catch {
    // No archive yet.
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

/** Whoever reads the file meanwhile finds what stood there before, or the new. What is old beside it goes. */
export function writeArchive(
  file: string,
  modules: ReadonlyMap<string, CompiledModule>,
  checksum: Checksum,
): void {
  try {
    writeAtomically(file, encodeArchive(modules, checksum), { folderMode: 0o700 });
    removeOldCode(path.dirname(file));
  } catch {
    // Nowhere to write: everything works without.
  }
}
