import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { uniqueName } from '../../machine/atomic-write';
import {
  isBundleName,
  MAX_BUNDLE_BYTES,
  scopeFolder,
  SharedStoreError,
  type SharedEngine,
  type StoredBundle,
} from '../engine';

/** No CI run goes on for longer than this. */
const PINS_ARE_KEPT_MS = 14 * 24 * 60 * 60_000;

/** Opens a folder that machines share, such as a network drive. */
export function openFolder(url: URL): SharedEngine {
  return new FolderEngine(fileURLToPath(url));
}

/**
 * Bundles as files: `bundles/<scope>/<name>`, and what was pinned as `pins/<hash of the key>`. The folder itself is
 * never made: where it is missing, nothing is mounted there.
 */
export class FolderEngine implements SharedEngine {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async list(scopes: readonly string[], signal: AbortSignal): Promise<StoredBundle[]> {
    await this.#checkFolder();
    const found = await Promise.all(scopes.map((scope) => this.#listScope(scope, signal)));
    return found.flat();
  }

  async get({ scope, name }: StoredBundle, signal: AbortSignal): Promise<Uint8Array> {
    const file = this.#fileOf(scope, name);
    const stats = await orNull(fs.lstat(file));
    if (stats === null) throw new SharedStoreError('gone', `${name} is not there any more`);
    if (!stats.isFile()) throw new SharedStoreError('refused', `${name} is not a file`);
    if (stats.size > MAX_BUNDLE_BYTES)
      throw new SharedStoreError('refused', `${name} has ${stats.size} bytes`);
    const content = await orNull(fs.readFile(file, { signal }));
    if (content === null) throw new SharedStoreError('gone', `${name} is not there any more`);
    if (content.length > MAX_BUNDLE_BYTES)
      throw new SharedStoreError('refused', `${name} has ${content.length} bytes`);
    return content;
  }

  async put(scope: string, name: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#checkFolder();
    const file = this.#fileOf(scope, name);
    await this.#write(file, content, signal, (unfinished) => fs.rename(unfinished, file));
  }

  async remove(bundles: readonly StoredBundle[], signal: AbortSignal): Promise<void> {
    for (const { scope, name } of bundles) {
      signal.throwIfAborted();
      await fs.rm(this.#fileOf(scope, name), { force: true });
    }
  }

  /** A link is made or not, whoever else makes one; so it is with network drives, where `wx` may not be. */
  async pin(key: string, value: string, signal: AbortSignal): Promise<string> {
    await this.#checkFolder();
    const file = path.join(this.#folder, 'pins', createHash('sha256').update(key).digest('hex'));
    const known = await orNull(fs.readFile(file, { encoding: 'utf8', signal }));
    if (known !== null) return known;
    await this.#write(file, value, signal, (unfinished) => linkOnce(unfinished, file));
    await this.#removeOldPins(signal);
    return await fs.readFile(file, { encoding: 'utf8', signal });
  }

  /** Removes what CI runs pinned that ended long ago. Where this machine may not, another does it. */
  async #removeOldPins(signal: AbortSignal): Promise<void> {
    const folder = path.join(this.#folder, 'pins');
    for (const name of (await orNull(fs.readdir(folder))) ?? []) {
      signal.throwIfAborted();
      const file = path.join(folder, name);
      const stats = await orNull(fs.lstat(file));
      if (stats !== null && stats.mtimeMs < Date.now() - PINS_ARE_KEPT_MS)
        await fs.rm(file, { force: true }).catch(() => undefined);
    }
  }

  async initialise(signal: AbortSignal): Promise<string[]> {
    await this.#checkFolder();
    signal.throwIfAborted();
    for (const name of ['bundles', 'pins'])
      await fs.mkdir(path.join(this.#folder, name), { recursive: true });
    return [
      `${this.#folder} is ready.`,
      'Who may only read needs read access to it; who records needs write access to bundles/<scope> and pins.',
    ];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #listScope(scope: string, signal: AbortSignal): Promise<StoredBundle[]> {
    const folder = path.join(this.#folder, 'bundles', scopeFolder(scope));
    const names = (await orNull(fs.readdir(folder))) ?? [];
    const bundles: StoredBundle[] = [];
    for (const name of names.filter(isBundleName)) {
      signal.throwIfAborted();
      const stats = await orNull(fs.lstat(path.join(folder, name)));
      if (stats?.isFile() === true) bundles.push({ scope, name, bytes: stats.size });
    }
    return bundles;
  }

  #fileOf(scope: string, name: string): string {
    if (!isBundleName(name)) throw new SharedStoreError('refused', 'that is no name of a bundle');
    return path.join(this.#folder, 'bundles', scopeFolder(scope), name);
  }

  /** Writes a file beside the one that is meant, and lets `place` give it its name. */
  async #write(
    file: string,
    content: Uint8Array | string,
    signal: AbortSignal,
    place: (unfinished: string) => Promise<void>,
  ): Promise<void> {
    await fs.mkdir(path.dirname(file), { recursive: true });
    const unfinished = path.join(path.dirname(file), `.unfinished-${uniqueName()}`);
    try {
      await fs.writeFile(unfinished, content, { flag: 'wx', signal });
      await place(unfinished);
    } finally {
      await fs.rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  /** A deleted or unmounted folder has no bundles either; it must not look like an empty one. */
  async #checkFolder(): Promise<void> {
    const stats = await orNull(fs.stat(this.#folder));
    if (stats?.isDirectory() !== true)
      throw new SharedStoreError('unreachable', `there is no folder ${this.#folder}`);
  }
}

/** Gives a file a second name, unless there is a file of that name. */
async function linkOnce(from: string, to: string): Promise<void> {
  try {
    await fs.link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    // File systems without links: exclusive creation is the next best.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
    await fs.copyFile(from, to, fs.constants.COPYFILE_EXCL).catch((second: unknown) => {
      if ((second as NodeJS.ErrnoException).code !== 'EEXIST') throw second;
    });
  }
}

/** @returns Null where a file or a folder is not there. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
