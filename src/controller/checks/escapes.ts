import * as fs from 'node:fs';
import { findIgnored } from '../../dependencies/files/ignored';
import { fromStored } from '../../dependencies/files/paths';
import { makeBatch, type Store, type StoredEscape, type StoredRecord } from '../../store';
import { ago } from '../../terminal/age';
import type { Failure } from './failure';
import { count, some } from '../../terminal/logger';
import type { OpenedStore } from '../open-store';
import type { RunRequest } from '../run-request';

/** A test file or tests in one that selection would have skipped, and that failed. */
export interface Escape {
  /** Relative to the root. */
  path: string;
  /** Whether the whole test file would have been skipped, or only tests in it. */
  level: 'file' | 'test';
  /** The record by which it would have been skipped. Null if it is no longer in the database. */
  record: { id: number; recordedAt: number; matchedAt: number } | null;
  failure: Failure;
  /**
   * What changed for the other tests of the file, as labels for the user. Empty if the whole file would have been
   * skipped.
   */
  changed: string[];
}

/** Returns the parts of a record that an escape names. */
export function pickRecord({ id, recordedAt, matchedAt }: StoredRecord): Escape['record'] {
  return { id, recordedAt, matchedAt };
}

/**
 * Describes an escape for the user. Returns its path, the record that would have skipped it, and the failure, as one
 * line each.
 */
export function describeEscape({ path, level, record, failure, changed }: Escape): string[] {
  const by =
    record === null
      ? 'a record that is gone'
      : `record ${record.id}, made ${ago(record.recordedAt)}, last matched ${ago(record.matchedAt)}`;
  return [
    path,
    `would have been skipped by ${by}${level === 'test' ? `; others of its tests run because of${some(changed)}` : ''}`,
    `failed: ${describeFailed(failure)}`,
  ];
}

/** Describes which tests failed, and how. */
export function describeFailed({ tests, message }: Failure): string {
  const where = tests.length === 0 ? ['the file as a whole'] : tests.map((name) => `"${name}"`);
  const more = tests.length > 3 ? `, and ${tests.length - 3} more` : '';
  return `${where.slice(0, 3).join(', ')}${more}: ${message}`;
}

/**
 * Returns the files that the option `ignore` excludes and that changed after the oldest record of the escapes was
 * made.
 * @param root Absolute path of the root.
 */
export function changedIgnoredFiles(
  root: string,
  ignore: string[],
  escapes: readonly Escape[],
): string[] {
  if (escapes.length === 0) return [];
  const since = Math.min(...escapes.map(({ record }) => record?.recordedAt ?? Infinity));
  return findIgnored(root, ignore)
    .filter(({ modifiedAt }) => modifiedAt > since)
    .map(({ path }) => path);
}

/** Explains what may have caused a test file to fail, and what to do. */
export function suspects({
  ignore,
  changedIgnored,
}: {
  ignore: string[];
  changedIgnored: string[];
}): string {
  const advice =
    'make it part of what the test reads, or let the file run always with /** @testmon always */ or the option always.';
  if (changedIgnored.length > 0) {
    return `the option ignore leaves out ${count(changedIgnored.length, 'file')} that changed since${some(changedIgnored)}; take them off the list if the tests need them. Else the cause is the clock, the network, randomness or another thing that is not watched: ${advice}`;
  }
  const ignored = ignore.length > 0 ? ', a file that the option ignore leaves out' : '';
  return `the cause is something that is not watched: the clock, the network, randomness${ignored}, or a bug in testmon. Run the file again: if it passes now, the cause is randomness or the order of tests; if not, ${advice}`;
}

/**
 * Switches selection off if a spot check has failed and is not settled, because the records cannot be trusted. The
 * option `trust` settles it.
 */
export function stopSelectingIfEscaped(
  request: RunRequest,
  { store, writable }: OpenedStore,
): RunRequest {
  const { root, options, logger, listing } = request;
  const open = findOpenEscapes(store, root);
  if (open.length === 0) return request;
  if (!options.trust)
    return request.select ? { ...request, select: false, openEscapes: open } : request;
  const settles = writable && !listing;
  if (settles) store.commit(makeBatch({ trust: true }), Date.now());
  const what = `the failed ${open.length === 1 ? 'spot check' : 'spot checks'} of ${namesOf(open)}`;
  logger.info(
    settles
      ? `${what} no longer ${open.length === 1 ? 'keeps' : 'keep'} tests from being selected, as --testmon-trust asks.`
      : `${what} ${open.length === 1 ? 'does' : 'do'} not keep this run from selecting, as --testmon-trust asks.`,
  );
  return request;
}

/**
 * Returns the escapes that are not settled. Those of deleted test files are left out, because they can no longer
 * pass.
 */
export function findOpenEscapes(store: Store, root: string): StoredEscape[] {
  return store
    .escapes()
    .filter(({ path, isOpen }) => isOpen && fs.existsSync(fromStored(root, path)));
}

/** Returns the reason why selection is off, as the beginning of a sentence. */
export function whySelectionIsOff(open: readonly StoredEscape[]): string {
  const checks = open.length === 1 ? 'a spot check' : 'spot checks';
  return `selection is off in this database, as ${namesOf(open)} failed in ${checks} though nothing that is watched had changed`;
}

/** Returns a single path, or the number of paths and the first ones. */
export function namesOf(items: readonly { path: string }[]): string {
  const [first] = items;
  if (first !== undefined && items.length === 1) return first.path;
  return `${count(items.length, 'test file')}${some(items.map(({ path }) => path))}`;
}
