/**
 * A process of its own that sends what a run recorded. It reads what to do from its input, and says at most one
 * sentence.
 */
import { text } from 'node:stream/consumers';
import { push, type SharedSettings } from '../../shared-store';
import { Store } from '../../store';
import { messageOf } from '../../terminal/error-message';
import { makeLogger } from '../../terminal/logger';

interface Task {
  settings: SharedSettings;
  dataFile: string;
  /** How many complete records a test file keeps. */
  keep: number;
  /** Milliseconds that sending may take. */
  transfer: number;
  quiet: boolean;
}

async function main({ settings, dataFile, keep, transfer, quiet }: Task): Promise<void> {
  const logger = makeLogger(quiet);
  const lost = 'what this run recorded goes there with the next one';
  try {
    const store = Store.open(dataFile, {});
    try {
      const { failure } = await push(store, settings, { now: Date.now(), keep, transfer });
      if (failure !== null) logger.warn(`${failure.message}; ${lost}.`);
    } finally {
      store.close();
    }
  } catch (error) {
    logger.warn(`nothing was sent to ${settings.name} (${messageOf(error)}); ${lost}.`);
  }
}

void text(process.stdin)
  .then((input) => main(JSON.parse(input) as Task))
  .finally(() => process.exit());
