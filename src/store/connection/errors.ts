import * as fs from 'node:fs';
import { commandToBuild, sqlitePackage } from './sqlite';
import { EncodingError } from '../../records/encoding';
import { swallowed } from '../../terminal/debug';
import { describeFault } from '../../terminal/fault';
import { printable } from '../../terminal/printable';
import { messageOf } from '../../terminal/error-message';

/**
 * - `damaged`: not a database, truncated, or incomplete.
 * - `altered`: marked as ours, but with parts or values that jest-testmon never writes.
 * - `foreign`: a valid SQLite database of another program.
 * - `newer`: written by a newer version of jest-testmon.
 * - `older`: has an older format and cannot be updated without writing.
 * - `locked`: another process held its lock for longer than the timeout.
 * - `unwritable`: the file or its folder cannot be written.
 * - `unreadable`: the file exists, but cannot be opened or read.
 * - `full`: the disk or a quota is full.
 * - `missing`: the file, or a requested row, does not exist.
 * - `unbuilt`: SQLite itself cannot be loaded.
 * - `bug`: an error in jest-testmon. The database is unchanged.
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

/** Says why the database cannot be used. The message is a sentence that names the file and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly reason: StoreErrorReason;
  readonly file: string;
  readonly #detail: string;

  /**
   * @param detail What was found, as a text for parentheses.
   * @param options.message By default, the usual sentence for the reason.
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

  /** What is wrong, as the first half of a sentence that continues with what was done. */
  get finding(): string {
    const file = printable(this.file);
    return this.reason === 'altered'
      ? `the ${alteredDatabase(file, this.#detail)}`
      : `the database ${file} is ${this.reason}`;
  }
}

/** For these reasons, the file is moved aside. */
export type UselessReason = 'damaged' | 'altered';

/** An error about a database that cannot be used any more. */
export type UselessDatabaseError = StoreError & { readonly reason: UselessReason };

/** Whether a database cannot be used any more, so that a new one should replace it. */
export function isBeyondUse(error: StoreError): error is UselessDatabaseError {
  return error.reason === 'damaged' || error.reason === 'altered';
}

/** Thrown for data far larger than anything that jest-testmon writes. The message is a text for parentheses. */
export class UnsoundError extends Error {}

/**
 * Converts an error from SQLite, the file system or this folder to a StoreError.
 * @param file Path of the database, as the message should name it.
 */
export function asStoreError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const reason = reasonOf(error, file);
  if (reason === 'bug') swallowed('store', error, 'a fault of jest-testmon; nothing is recorded');
  return new StoreError(reason, file, messageOf(error), { cause: error });
}

/** Returns the sentence that says why a database cannot be used, and what to do. */
function sentence(reason: StoreErrorReason, path: string, detail: string): string {
  // A line break in the file name would end the sentence.
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
  // Our own statements are valid, so the missing part must have been removed from the schema.
  if (
    code === 'SQLITE_ERROR' &&
    /no such|malformed|has no column|more than one/.test(messageOf(error))
  )
    return 'damaged';
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'locked';
  // A read-only connection cannot roll back the unfinished transaction of a killed process.
  if (/^SQLITE_READONLY_(ROLLBACK|RECOVERY|CANTINIT|CANTLOCK)/.test(code)) return 'unreadable';
  if (/^SQLITE_READONLY/.test(code) || /^(EROFS|EPERM|EACCES|ENOTDIR|EEXIST|EISDIR)$/.test(code))
    return 'unwritable';
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  if (/^SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|DELETE)/.test(code)) return 'unwritable';
  if (code === 'ENOENT') return 'missing';
  if (/^SQLITE_CANTOPEN/.test(code)) return fs.existsSync(file) ? 'unreadable' : 'missing';
  // All errors of SQLite and of the file system have a code.
  return code === '' || OWN_FAULTS.test(code) ? 'bug' : 'unreadable';
}

/** Codes of a wrong statement, or of a row that violates a constraint of our own tables. */
const OWN_FAULTS = /^(?:SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|TOOBIG|RANGE|MISUSE)|ERR_)/;

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** A module loader's message lists every path that it tried. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
