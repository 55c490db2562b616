import * as fs from 'node:fs';
import * as path from 'node:path';
import type * as vm from 'node:vm';
import { threadId } from 'node:worker_threads';
import { Archive, encodeArchive, type Checksum, type CompiledModule } from './archive';
import type { CodeStore } from './modules';

/** As they are before anyone watches or replaces them. */
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = fs;

/** Smaller modules, of however many characters together, are nearly as fast to compile as to look up. */
const SMALL = 10_000;

/** Fewer characters of code that had to be compiled are not worth writing for. */
const WORTHWHILE = 100_000;

/** Bytes; beyond them what this process did not need makes room. */
const MOST = 64 << 20;

/** Milliseconds after which an archive that nobody wrote again goes: another version of Node made it, most likely. */
const OLD = 30 * 24 * 60 * 60 * 1000;

const INSTALLED = `${path.sep}node_modules${path.sep}`;

/** The compiled code of packages, in a file beside them. */
export class CacheFile implements CodeStore {
  readonly #file: string;
  readonly #own: string;
  readonly #checksum: Checksum;
  readonly #archive: Archive;
  readonly #used = new Map<string, CompiledModule>();
  readonly #fresh = new Map<string, { source: number; script: vm.Script | null }>();
  #uncompiled = 0;

  /**
   * @param file Absolute path.
   * @param bytes What stands there.
   * @param own The folder of our own code, with a separator at its end.
   */
  constructor(file: string, bytes: Buffer, own: string, checksum: Checksum) {
    this.#file = file;
    this.#own = own;
    this.#checksum = checksum;
    this.#archive = new Archive(bytes, checksum);
  }

  /** The code of packages, which seldom changes; that of the project is another one day by day. */
  keeps(filename: string, content: string): boolean {
    return (
      content.length >= SMALL && (filename.includes(INSTALLED) || filename.startsWith(this.#own))
    );
  }

  find(filename: string): CompiledModule | null {
    const found = this.#archive.get(filename);
    if (found !== null) this.#used.set(filename, found);
    return found;
  }

  missed(filename: string, source: number, script: vm.Script | null, length: number): void {
    this.#fresh.set(filename, { source, script });
    this.#uncompiled += length;
  }

  /** Keeps what had to be compiled, with the functions that were compiled as they were called. */
  flush(): void {
    if (this.#uncompiled < WORTHWHILE) return;
    writeArchive(this.#file, this.#all(), this.#checksum);
    this.#uncompiled = 0;
    this.#fresh.clear();
  }

  /** What is kept by now, by other processes too, and what this one adds. */
  #all(): Map<string, CompiledModule> {
    const modules = new Map<string, CompiledModule>();
    const kept = new Archive(readArchive(this.#file) ?? NOTHING, this.#checksum);
    let size = 0;
    for (const filename of kept.files()) {
      const found = existsSync(filename) ? kept.get(filename) : null;
      if (found === null) continue;
      modules.set(filename, found);
      size += found.code.length;
    }
    if (size > MOST) modules.clear();
    for (const [filename, found] of this.#used) modules.set(filename, found);
    for (const [filename, { source, script }] of this.#fresh)
      modules.set(filename, { source, code: script?.createCachedData() ?? NOTHING });
    return modules;
  }
}

const NOTHING = Buffer.alloc(0);

/** What stands in a file, or null where there is none. */
export function readArchive(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

/** Whoever reads the file meanwhile finds what stood there before, or the new. What is old beside it goes. */
export function writeArchive(
  file: string,
  modules: ReadonlyMap<string, CompiledModule>,
  checksum: Checksum,
): void {
  const written = `${file}.${process.pid}-${threadId}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(written, encodeArchive(modules, checksum));
    renameSync(written, file);
    removeOld(path.dirname(file));
  } catch {
    // Nowhere to write: everything works without.
    rmSync(written, { force: true });
  }
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (Date.now() - statSync(file).mtimeMs > OLD) rmSync(file, { force: true, recursive: true });
  }
}
