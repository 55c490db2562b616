import { pull as takeIn, remedy, type Pulled } from '../../shared-store';
import { count, some } from '../../terminal/logger';
import { EXIT, fail, makeCommand, printJson, printLines, printNotice } from '../command';
import { locateShared, sharing, size, withStore, type SharingFlags } from './shared-place';
import type { Subcommand } from '../subcommand';

/** Milliseconds for fetching, where a person waits for it. */
const TRANSFER = 300_000;

/** `jest-testmon pull`: takes in what other machines recorded. */
export const pull: Subcommand = {
  name: 'pull',
  summary: 'take in what other machines recorded, from the shared store',
  run,
};

async function run(args: string[]): Promise<void> {
  const command = sharing(
    makeCommand(
      pull.name,
      'Takes in what a shared store has for this Node version and platform, and the database has not. A run does so by ' +
        'itself, with less time. Nothing of the database is lost.',
      {
        exitCodes: [
          '0  done, also where there was nothing new',
          '1  not all could be taken in, which is said',
          '2  the command line was not understood',
        ],
        examples: [
          ['pull', 'after a git pull, or with a new clone'],
          ['pull --testmon-shared file:///mnt/share', 'from a folder'],
        ],
      },
    ),
  ).parse(args, { from: 'user' });
  const flags = command.opts<SharingFlags>();
  try {
    const { settings, dataFile, keepRecords: keep } = await locateShared(flags);
    const options = { environments: null, now: Date.now(), keep, transfer: TRANSFER };
    const pulled = await withStore(dataFile, (store) => takeIn(store, settings, options));
    if (flags.json === true)
      printJson({ store: settings.name, ...pulled, failure: pulled.failure?.message ?? null });
    else printLines(describe(settings.name, pulled));
    for (const sentence of faultsOf(pulled)) printNotice(`testmon: ${sentence}`);
    process.exitCode =
      pulled.failure === null && pulled.refused.length === 0 ? EXIT.good : EXIT.bad;
  } catch (error) {
    fail(error, flags.json === true);
  }
}

function describe(name: string, { taken, records, bytes, elsewhere }: Pulled): string[] {
  if (taken > 0)
    return [
      `Took in ${count(taken, 'bundle')} (${size(bytes)}) from ${name}: ${count(records, 'record')} more than before.`,
    ];
  if (elsewhere.length > 0)
    return [`${name} holds nothing for this Node version and platform${some(elsewhere)}.`];
  return [`${name} has nothing new.`];
}

function faultsOf({ failure, refused }: Pulled): string[] {
  return [
    ...(failure === null ? [] : [`${failure.message}; ${remedy(failure)}.`]),
    ...(refused[0] === undefined
      ? []
      : [`${count(refused.length, 'bundle')} ignored: ${refused[0].reason}.`]),
  ];
}
