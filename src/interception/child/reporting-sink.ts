import fs from 'node:fs';
import path from 'node:path';
import { contentHash } from '../../dependencies/files/content';
import { listingValue } from '../../dependencies/files/listing';
import { packageFolder } from '../../dependencies/packages/package-folder';
import { isStream, kindAt, permissionsAt } from '../../dependencies/files/stats';
import { isForeign, isWithin } from '../../dependencies/files/workspace-paths';
import type { Sink } from '../sink';
import { stamp, type Observation } from '../children/observation';
import type { ChildHandover } from './handover';
import type { ReportWriter } from './report-writer';

const { readFileSync, statSync, readdirSync, realpathSync } = fs;

/**
 * For programs, only a stamp is reported, and the worker reads the content. Most children load many and do little
 * else.
 */
const PROGRAM = /\.[cm]?[jt]sx?$/;

/** Files that Node may run. It reads JSON as data. */
const RUNNABLE = /(?:^|[\\/])(?:[^\\/.]+|[^\\/]+\.[cm]?js)$/;

/**
 * Reports what code does to the file system, with what existed there. Reports each thing once, until something is
 * written.
 */
export class ReportingSink implements Sink {
  readonly #writer: ReportWriter;
  readonly #handover: ChildHandover;
  readonly #isLoading: () => boolean;
  /** Folders in which the program keeps its own state. They are not inputs. */
  readonly #memory: readonly string[];
  readonly #reported = new Set<string>();
  /** By folder: whether it belongs to an installed package. */
  readonly #installed = new Map<string, boolean>();

  // There is no Jest in this process.
  readonly loaded = (): void => undefined;
  readonly resolved = (): void => undefined;
  readonly identified = (): void => undefined;
  readonly unresolved = (): void => undefined;
  readonly named = (): void => undefined;
  readonly soughtMock = (): void => undefined;

  /**
   * @param isLoading Whether Node is reading a file to run it unchanged.
   * @param memory Absolute paths of folders in which the program keeps its own state.
   */
  constructor(
    writer: ReportWriter,
    handover: ChildHandover,
    isLoading: () => boolean,
    memory: readonly string[] = [],
  ) {
    this.#writer = writer;
    this.#handover = handover;
    this.#isLoading = isLoading;
    this.#memory = memory;
  }

  read(file: string, isContent = false): void {
    // What comes through a pipe cannot be read again later.
    if (isContent && this.#counts(file) && isStream(file)) this.lost();
    const isScript = RUNNABLE.test(file) && this.#isLoading();
    this.#report(isScript ? 'script' : 'read', file, contentValue);
  }

  looked(file: string, seesPermissions = false): void {
    if (seesPermissions) this.#report('looked', file, permissionsValue, ' permits');
    else this.#report('looked', file, presenceValue);
  }

  mayRead(folder: string): void {
    this.#writer.write('bundled', folder);
  }

  followed(file: string): void {
    this.#report('followed', file, presenceValue);
  }

  listed(folder: string): void {
    this.#report('listed', folder, (at) => listingValue(at, readdirSync));
  }

  wrote(file: string): void {
    if (!this.#counts(file)) return;
    this.#reported.clear();
    this.#writer.write('wrote', file);
  }

  changes(file: string): void {
    if (this.#isMemory(file)) return this.wrote(file);
    this.#report('changed', file, contentValue);
  }

  makes(folder: string): void {
    if (presenceValue(folder) !== '') {
      this.looked(folder);
      return;
    }
    let highest = folder;
    while (presenceValue(path.dirname(highest)) === '') highest = path.dirname(highest);
    if (this.#isMemory(folder)) this.wrote(highest);
    else if (this.#counts(highest)) this.#writer.write('made', highest);
  }

  links(link: string, target: string): void {
    if (this.#counts(link)) this.#writer.write('linked', link, target);
  }

  /** What a package.json says about files counts, and so does a missing package.json. */
  governed(manifest: string): void {
    this.#report('governed', manifest, () => '');
  }

  lost(): void {
    this.#writer.write('lost', '');
  }

  #report(
    what: Observation['what'],
    file: string,
    value: (file: string) => string,
    question = '',
  ): void {
    const key = `${what}${question}:${file}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    if (!this.#counts(file) || this.#isMemory(file)) return;
    const folder = packageFolder(file);
    if (folder === null || !this.#isInstalled(folder)) this.#writer.write(what, file, value(file));
  }

  /** An installed package counts as a whole, so it is reported once. */
  #isInstalled(folder: string): boolean {
    if (folder === '') return true;
    let installed = this.#installed.get(folder);
    if (installed === undefined) {
      installed = isInPackages(folder);
      this.#installed.set(folder, installed);
      if (installed) this.#writer.write('read', path.join(folder, 'package.json'));
    }
    return installed;
  }

  #isMemory(file: string): boolean {
    return this.#memory.length > 0 && this.#memory.some((folder) => isWithin(folder, file));
  }

  #counts(file: string): boolean {
    return !isForeign(file, this.#handover) && !isWithin(this.#handover.folder, file);
  }
}

function contentValue(file: string): string {
  try {
    const stats = statSync(file, { bigint: true });
    // Reading a pipe or a device might never end.
    if (!stats.isFile()) return stats.isDirectory() ? 'directory' : 'other';
    return PROGRAM.test(file) ? stamp(stats) : contentHash(readFileSync(file));
  } catch {
    // It is missing or unreadable. The code finds the same.
    return '';
  }
}

function presenceValue(file: string): string {
  return kindAt(file) ?? '';
}

function permissionsValue(file: string): string {
  return permissionsAt(file) ?? '';
}

function isInPackages(folder: string): boolean {
  try {
    return packageFolder(realpathSync.native(folder)) !== null;
  } catch {
    // The folder is gone.
    return false;
  }
}
