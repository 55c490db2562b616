import fs from 'node:fs';
import path from 'node:path';
import { contentHash } from '../../dependencies/files/content';
import { listingValue } from '../../dependencies/files/listing';
import { packageFolder } from '../../dependencies/packages/package-folder';
import { isStream, kindAt } from '../../dependencies/files/stats';
import { isForeign, isWithin } from '../../dependencies/files/workspace-paths';
import type { Sink } from '../sink';
import { stamp, type Observation } from '../children/observation';
import type { ChildHandover } from './handover';
import type { ReportWriter } from './report-writer';

const { readFileSync, statSync, readdirSync, realpathSync } = fs;

/** Their content is looked at by the worker, as most children load many and do nothing else. */
const PROGRAM = /\.[cm]?[jt]sx?$/;

/** What Node may run; JSON it reads as data. */
const RUNNABLE = /(?:^|[\\/])(?:[^\\/.]+|[^\\/]+\.[cm]?js)$/;

/** Reports what code does to the file system, with what stood there, each thing once until it is written to. */
export class ReportingSink implements Sink {
  readonly #writer: ReportWriter;
  readonly #handover: ChildHandover;
  readonly #isLoading: () => boolean;
  /** Folders that are no input, as the program itself remembers there what it did. */
  readonly #memory: readonly string[];
  readonly #reported = new Set<string>();
  /** Whether the files below a package's folder are those of an installed package. */
  readonly #installed = new Map<string, boolean>();

  // Nobody here is Jest.
  readonly loaded = (): void => undefined;
  readonly resolved = (): void => undefined;
  readonly identified = (): void => undefined;
  readonly unresolved = (): void => undefined;
  readonly named = (): void => undefined;
  readonly soughtMock = (): void => undefined;

  /**
   * @param isLoading Whether Node reads a file to run it as it is.
   * @param memory Absolute paths of folders in which the program remembers from call to call.
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
    // What comes through a pipe is nowhere to be looked at again.
    if (isContent && this.#counts(file) && isStream(file)) this.lost();
    const isScript = RUNNABLE.test(file) && this.#isLoading();
    this.#report(isScript ? 'script' : 'read', file, contentValue);
  }

  looked(file: string): void {
    this.#report('looked', file, presenceValue);
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

  /** What a package.json says of files counts, or that none is there. */
  governed(manifest: string): void {
    this.#report('governed', manifest, () => '');
  }

  lost(): void {
    this.#writer.write('lost', '');
  }

  #report(what: Observation['what'], file: string, value: (file: string) => string): void {
    const key = `${what}:${file}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    if (!this.#counts(file) || this.#isMemory(file)) return;
    const folder = packageFolder(file);
    if (folder === null || !this.#isInstalled(folder)) this.#writer.write(what, file, value(file));
  }

  /** A package counts as a whole, so it is reported once. */
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
    // Reading a pipe or a device would never end.
    if (!stats.isFile()) return stats.isDirectory() ? 'directory' : 'other';
    return PROGRAM.test(file) ? stamp(stats) : contentHash(readFileSync(file));
  } catch {
    // Nothing is there, or it may not be read: the code finds the same.
    return '';
  }
}

function presenceValue(file: string): string {
  return kindAt(file) ?? '';
}

function isInPackages(folder: string): boolean {
  try {
    return packageFolder(realpathSync.native(folder)) !== null;
  } catch {
    // The folder has gone.
    return false;
  }
}
