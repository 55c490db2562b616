import { push as send, remedy } from '../../shared-store';
import { count } from '../../terminal/logger';
import { EXIT, fail, makeCommand, printJson, printLines, printNotice } from '../command';
import { locateShared, sharing, size, withStore, type SharingFlags } from './shared-place';
import type { Subcommand } from '../subcommand';

/** Milliseconds for sending, where a person waits for it. */
const TRANSFER = 300_000;

/** `jest-testmon push`: sends what was recorded here. */
export const push: Subcommand = {
  name: 'push',
  summary: 'send what was recorded here to the shared store',
  run,
};

async function run(args: string[]): Promise<void> {
  const command = sharing(
    makeCommand(
      push.name,
      'Sends what was recorded since the last time to a shared store. A run does so by itself where it may write.',
      {
        exitCodes: [
          '0  sent, also where there was nothing to send',
          '1  not all could be sent, which is said; it goes with the next time',
          '2  the command line was not understood',
        ],
        examples: [['push', 'what was recorded while the shared store was not there']],
      },
    ),
  ).parse(args, { from: 'user' });
  const flags = command.opts<SharingFlags>();
  try {
    const { settings, dataFile, keepRecords: keep } = await locateShared(flags);
    const options = { now: Date.now(), keep, transfer: TRANSFER };
    const pushed = await withStore(dataFile, (store) => send(store, settings, options));
    const { bundles, records, bytes, failure } = pushed;
    if (flags.json === true)
      printJson({ store: settings.name, ...pushed, failure: failure?.message ?? null });
    else
      printLines([
        bundles === 0
          ? `Sent nothing to ${settings.name}.`
          : `Sent ${count(records, 'record')} in ${count(bundles, 'bundle')} (${size(bytes)}) to ${settings.name}, scope ${String(settings.write)}.`,
      ]);
    if (failure !== null) printNotice(`testmon: ${failure.message}; ${remedy(failure)}.`);
    process.exitCode = failure === null ? EXIT.good : EXIT.bad;
  } catch (error) {
    fail(error, flags.json === true);
  }
}
