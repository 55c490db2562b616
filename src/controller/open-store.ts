import * as fs from 'node:fs';
import {
  asStoreError,
  isBeyondUse,
  quarantineDatabase,
  Store,
  StoreError,
  type UselessDatabaseError,
} from '../store';
import { swallowed } from '../terminal/debug';
import { messageOf } from '../terminal/error-message';
import { describeFault } from '../terminal/fault';
import type { Logger } from '../terminal/logger';

/** The open database, and whether this run may write to it. */
export interface OpenedStore {
  store: Store;
  writable: boolean;
  /** Identifies the file, even if another file takes its path. See `identityOf`. */
  identity: string | null;
}

/**
 * Opens the database for a controller, whatever state it is in.
 * @param dataFile Absolute path.
 * @returns Null if it cannot be used. Then everything runs and nothing is recorded.
 */
export function openStore(dataFile: string, logger: Logger): OpenedStore | null {
  const identity = identityOf(dataFile);
  try {
    const store = Store.open(dataFile, {});
    return { store, writable: true, identity: identityOf(dataFile) };
  } catch (error) {
    swallowed('controller', error, 'opening the database');
    if (!(error instanceof StoreError)) {
      logger.warn(
        describeFault(
          `opening the database ${dataFile}`,
          error,
          'everything runs and nothing is recorded',
        ),
      );
      return null;
    }
    if (isBeyondUse(error)) return replaceDamaged(dataFile, error, logger, identity);
    if (error.reason === 'unwritable') {
      const reading = openReadonly(dataFile);
      // The controller tells the user what this means, once it knows the records.
      if (reading !== null) return { store: reading, writable: false, identity };
    }
    logger.warn(`${error.message} Everything runs and nothing is recorded.`);
    return null;
  }
}

/**
 * Moves an unusable database aside, tells the user, and creates a new one. If another run has done so already, uses
 * its new database.
 * @param identity The identity of the damaged file.
 * @returns Null if that is not possible. Then everything runs and nothing is recorded.
 */
export function replaceDamaged(
  dataFile: string,
  damage: UselessDatabaseError,
  logger: Logger,
  identity: string | null,
): OpenedStore | null {
  try {
    const now = identityOf(dataFile);
    if (now !== identity) return { store: Store.open(dataFile, {}), writable: true, identity: now };
    const aside = quarantineDatabase(dataFile, Date.now(), damage.reason);
    const store = Store.open(dataFile, {});
    logger.warn(`${damage.finding}; it was moved to ${aside}, and everything runs to record anew.`);
    return { store, writable: true, identity: identityOf(dataFile) };
  } catch (error) {
    swallowed('controller', error, 'replacing the damaged database');
    logger.warn(
      `${damage.message} It could not be replaced (${messageOf(error)}); everything runs and nothing is recorded.`,
    );
    return null;
  }
}

/** Identifies a file, so that another file with the same path is noticed. Null if there is no file. */
export function identityOf(file: string): string | null {
  try {
    const { dev, ino } = fs.statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // There is no such file yet.
    return null;
  }
}

function openReadonly(dataFile: string): Store | null {
  try {
    return Store.open(dataFile, { readonly: true });
  } catch (error) {
    swallowed('controller', error, 'opening the database to read alone; it is not used');
    return null;
  }
}

/** Returns the reason why the database failed, as a sentence. */
export function explain(error: unknown, dataFile: string): string {
  const known = asStoreError(error, dataFile);
  return known.message === '' ? messageOf(error) : known.message;
}

/** Returns the reason why selection failed, and that everything runs. */
export function describeFailedSelection(error: unknown): string {
  return error instanceof StoreError
    ? `${error.message} Everything runs.`
    : describeFault('selecting tests', error, 'everything runs');
}
