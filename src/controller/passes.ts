import { makeBatch, Store } from '../store';
import type { PassedTestFile } from './run-results';
import type { Distrust } from '../run/journals/journal-lines';
import type { Logger } from '../terminal/logger';
import { swallowed } from '../terminal/debug';
import { messageOf } from '../terminal/error-message';
import { identityOf } from './open-store';
import { sayDoubtful } from './summary';

/** How a run ended, as far as its records are concerned. */
export interface Ending {
  /**
   * Whether Jest finished and nobody received its outcomes. Then a test file that started and did not finish has
   * crashed.
   */
  isWhole: boolean;
  distrust: Distrust;
  /** Whether passes in Jest's own process are provisional until it is known how the process ends. */
  isProvisional: boolean;
}

/** The ending of a run that another one replaces. The outcomes until then count. */
export const INTERRUPTED: Ending = { isWhole: false, distrust: 'nobody', isProvisional: false };

/** The passes of a committed run that become final when the process ends. */
export interface Passes {
  passed: readonly PassedTestFile[];
  /** The rows of those that count as failed until then. */
  provisional: readonly number[];
  dataFile: string;
  /** The time of its last commit when the run began. */
  began: number;
  /** The identity of that file; see `identityOf`. */
  identity: string | null;
  logger: Logger;
}

/** The part of a run that is only decided when the process ends. */
export interface Settlement {
  /** @param isExplained False if the process ends differently than Jest's results explain. Then nothing passed. */
  settle(isExplained: boolean): void;
}

/**
 * Makes the passes of a run final.
 * @param isExplained See `Settlement`.
 */
export function settlePasses(passes: Passes, isExplained: boolean): void {
  const { passed, provisional, dataFile, began, identity, logger } = passes;
  const isNothing = isExplained ? provisional.length === 0 : passed.length === 0;
  // If the database was replaced, its rows have other ids.
  if (isNothing || identity === null || identityOf(dataFile) !== identity) return;
  try {
    const store = Store.open(dataFile, {});
    try {
      if (isExplained) store.settle(provisional);
      else {
        const doubtful = passed.map(({ environmentId, path }) => ({ environmentId, path }));
        // The same inputs would match a record that stays, once the test file has passed with others.
        store.commit(makeBatch({ doubtful, doubtsSince: began }), Date.now());
        sayDoubtful({ logger }, doubtful);
      }
    } finally {
      store.close();
    }
  } catch (error) {
    swallowed('controller', error, 'settling what passed');
    logger.warn(
      `${messageOf(error)} What ran in Jest's own process runs again next time.`.replace(
        /^testmon: /,
        '',
      ),
    );
  }
}
