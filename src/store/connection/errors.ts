import * as fs from 'node:fs';
import { commandToBuild, sqlitePackage } from './sqlite';
import { EncodingError } from '../../records/encoding';
import { swallowed } from '../../terminal/debug';
import { describeFault } from '../../terminal/fault';
import { printable } from '../../terminal/printable';
import { messageOf } from '../../terminal/error-message';

/**
 * - `damaged`: not a database, cut short, or not holding what it must.
 * - `altered`: marked as ours, but with parts or values that jest-testmon never writes.
 * - `foreign`: a sound SQLite database, but of another program.
 * - `newer`: written by a newer version of jest-testmon.
 * - `older`: of an older format, which cannot be updated without writing.
 * - `locked`: another process kept it locked for longer than the timeout.
 * - `unwritable`: it or its folder cannot be written.
 * - `unreadable`: it is there, but cannot be opened or read.
 * - `full`: the disk, or a quota, is.
 * - `missing`: it, or what was asked of it, is not there.
 * - `unbuilt`: SQLite itself cannot be loaded.
 * - `bug`: a fault of jest-testmon; the database is as good as it was.
 */
export type StoreErrorReason =
  | 'damaged'
  | 'altered'
  | 'foreign'
  | 'newer'
  | 'older'
  | 'locked'
  | 'unwritable'
  | 'unreadable'
  | 'full'
  | 'missing'
  | 'unbuilt'
  | 'bug';

/** Why the database is of no use. The message is a sentence that names the file and the way out. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly reason: StoreErrorReason;
  readonly file: string;
  readonly #detail: string;

  /**
   * @param detail What was found, as it may stand in parentheses.
   * @param options.message Default: the usual sentence for this reason.
   */
  constructor(
    reason: StoreErrorReason,
    file: string,
    detail: string,
    { message, cause }: { message?: string; cause?: unknown } = {},
  ) {
    super(message ?? sentence(reason, file, detail), { cause });
    this.reason = reason;
    this.file = file;
    this.#detail = detail;
  }

  /** What is wrong, as the first half of a sentence about what was done with the file. */
  get finding(): string {
    const file = printable(this.file);
    return this.reason === 'altered'
      ? `the ${alteredDatabase(file, this.#detail)}`
      : `the database ${file} is ${this.reason}`;
  }
}

/** Of these, the file is moved aside. */
export type UselessReason = 'damaged' | 'altered';

/** An error on a database that is of no more use. */
export type UselessDatabaseError = StoreError & { readonly reason: UselessReason };

/** Whether a database is of no more use, so that a new one should take its place. */
export function isBeyondUse(error: StoreError): error is UselessDatabaseError {
  return error.reason === 'damaged' || error.reason === 'altered';
}

/** What was read is beyond all bounds of what we write. The message says what, as it may stand in parentheses. */
export class UnsoundError extends Error {}

/**
 * Makes a StoreError out of whatever SQLite, the file system or this folder threw.
 * @param file The database the error is about, as the message shall name it.
 */
export function asStoreError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const reason = reasonOf(error, file);
  if (reason === 'bug') swallowed('store', error, 'a fault of jest-testmon; nothing is recorded');
  return new StoreError(reason, file, messageOf(error), { cause: error });
}

/** The sentence for a database that cannot be used, with the way out. */
function sentence(reason: StoreErrorReason, path: string, detail: string): string {
  // A name that holds a line break would end the sentence.
  const file = printable(path);
  switch (reason) {
    case 'damaged':
      return `The database ${file} is damaged (${detail}); move or delete it, and the next run records anew.`;
    case 'altered':
      return `The ${alteredDatabase(file, detail)}; move or delete it, and the next run records anew.`;
    case 'foreign':
      return `${file} is not a database of jest-testmon (${detail}), so it was left alone; name another file with TESTMON_DATAFILE or move that one away.`;
    case 'newer':
      return `The database ${file} was written by a newer jest-testmon (${detail}); update jest-testmon here, or name another file with TESTMON_DATAFILE.`;
    case 'older':
      return `The database ${file} has an older format (${detail}), and updating it needs to write; run once where it can be written.`;
    case 'locked':
      return `The database ${file} is locked by another process (${detail}); run again once that has finished.`;
    case 'unwritable':
      return `The database ${file} cannot be written (${detail}); make the file and its folder writable, or name another file with TESTMON_DATAFILE.`;
    case 'unreadable':
      return `The database ${file} cannot be read (${detail}); check its permissions, or name another file with TESTMON_DATAFILE.`;
    case 'full':
      return `There is no space left to write the database ${file} (${detail}); free some, or name another file with TESTMON_DATAFILE.`;
    case 'missing':
      return `There is no database ${file} (${detail}); a run that may write creates it.`;
    case 'unbuilt':
      return `The package ${sqlitePackage()} has no binary for Node ${process.versions.node} on ${process.platform} ${process.arch} (${firstLine(detail)}); run "${commandToBuild()}".`;
    case 'bug':
      return describeFault(
        `Working on the database ${file}`,
        firstLine(detail),
        'it was left as it is',
      );
  }
}

function alteredDatabase(file: string, detail: string): string {
  return `database ${file} is not as jest-testmon makes it (${detail})`;
}

function reasonOf(error: unknown, file: string): StoreErrorReason {
  if (error instanceof UnsoundError) return 'altered';
  if (error instanceof EncodingError) return 'damaged';
  const code = codeOf(error);
  if (
    code === 'ERR_DLOPEN_FAILED' ||
    (code === 'MODULE_NOT_FOUND' && messageOf(error).includes(sqlitePackage())) ||
    /bindings file|not a valid Win32|prebuil/i.test(messageOf(error))
  )
    return 'unbuilt';
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT|SCHEMA)/.test(code)) return 'damaged';
  if (/^SQLITE_IOERR_(SHORT_READ|DATA|CORRUPTFS)/.test(code)) return 'damaged';
  // Our own statements are sound: what is not there was taken out of the schema.
  if (
    code === 'SQLITE_ERROR' &&
    /no such|malformed|has no column|more than one/.test(messageOf(error))
  )
    return 'damaged';
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'locked';
  // A read-only connection may not roll back what a killed writer left.
  if (/^SQLITE_READONLY_(ROLLBACK|RECOVERY|CANTINIT|CANTLOCK)/.test(code)) return 'unreadable';
  if (/^SQLITE_READONLY/.test(code) || /^(EROFS|EPERM|EACCES|ENOTDIR|EEXIST|EISDIR)$/.test(code))
    return 'unwritable';
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  if (/^SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|DELETE)/.test(code)) return 'unwritable';
  if (code === 'ENOENT') return 'missing';
  if (/^SQLITE_CANTOPEN/.test(code)) return fs.existsSync(file) ? 'unreadable' : 'missing';
  // SQLite and the file system give every error of theirs a code.
  return code === '' || OWN_FAULTS.test(code) ? 'bug' : 'unreadable';
}

/** What a wrong statement, or a row that breaks a rule of our own tables, ends with. */
const OWN_FAULTS = /^(?:SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|TOOBIG|RANGE|MISUSE)|ERR_)/;

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** Loaders list every place they looked in. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
