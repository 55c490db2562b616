import { makeBatch, Store } from '../store';
import type { PassedTestFile } from './run-results';
import type { Distrust } from '../run/journal-lines';
import type { Logger } from '../terminal/logger';
import { swallowed } from '../terminal/debug';
import { messageOf } from '../terminal/error-message';
import { identityOf } from './open-store';
import { sayDoubtful } from './summary';

/** How a run came to its end, as far as its records are concerned. */
export interface Ending {
  /** Jest came to its end, and nobody heard what it said: a test file that only began has crashed. */
  isWhole: boolean;
  distrust: Distrust;
  /** Whether how the process ends will tell of what ran in it. */
  isProvisional: boolean;
}

/** A run that something else takes the place of. What Jest judged until then counts. */
export const INTERRUPTED: Ending = { isWhole: false, distrust: 'nobody', isProvisional: false };

/** What passed in a run that is committed, and becomes final as the process ends. */
export interface Passes {
  passed: readonly PassedTestFile[];
  /** Their rows, where until then they count as failed. */
  provisional: readonly number[];
  dataFile: string;
  /** Which file that was. */
  identity: string | null;
  logger: Logger;
}

/** What of a run is decided only as the process ends. */
export interface Settlement {
  /** @param isExplained False where the process ends otherwise than Jest's results tell: then nobody passed. */
  settle(isExplained: boolean): void;
}

/** Makes what passed in a run final. @param isExplained See `Settlement`. */
export function settlePasses(passes: Passes, isExplained: boolean): void {
  const { passed, provisional, dataFile, identity, logger } = passes;
  const isNothing = isExplained ? provisional.length === 0 : passed.length === 0;
  // Another database in its place numbers its rows otherwise.
  if (isNothing || identity === null || identityOf(dataFile) !== identity) return;
  try {
    const store = Store.open(dataFile, {});
    try {
      if (isExplained) store.settle(provisional);
      else {
        const doubtful = passed.map(({ environmentId, path }) => ({ environmentId, path }));
        store.commit(makeBatch({ doubtful }), Date.now());
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
