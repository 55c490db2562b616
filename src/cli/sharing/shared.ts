import {
  initialise,
  look,
  makeKeys,
  PRIVATE_KEY_VARIABLE,
  type SharedOverview,
} from '../../shared-store';
import { ago } from '../../terminal/age';
import { count, some } from '../../terminal/logger';
import { fail, makeCommand, printJson, printLines } from '../command';
import { locateShared, sharing, size, type SharingFlags } from './shared-place';
import type { Subcommand } from '../subcommand';

/** `jest-testmon shared`: looks after the store that many machines share. */
export const shared: Subcommand = {
  name: 'shared',
  summary: 'set up the store that many machines share, and tell what it holds',
  run,
};

async function run(args: string[]): Promise<void> {
  const command = sharing(
    makeCommand(
      shared.name,
      '"status" tells what the shared store holds in the scopes that this machine reads, and how long an answer takes. ' +
        '"init" makes what it needs, and prints what to grant to whom. "keys" prints a new pair of keys for signing.',
      {
        exitCodes: [
          '0  answered, or made',
          '1  the shared store cannot be used, which is said',
          '2  the command line was not understood',
        ],
        examples: [
          ['shared init', 'once, by whoever owns the store'],
          ['shared status', 'what is there, and is it quick?'],
        ],
      },
    ),
  )
    .argument('<what>', 'status, init or keys')
    .parse(args, { from: 'user' });
  const flags = command.opts<SharingFlags>();
  const json = flags.json === true;
  const [what = ''] = command.args;
  if (!['status', 'init', 'keys'].includes(what))
    command.error(`error: there is no "shared ${what}"; it is status, init or keys`);
  try {
    if (what === 'keys') printKeys(json);
    else if (what === 'init') await init(flags);
    else {
      const overview = await look((await locateShared(flags)).settings);
      if (json) printJson(overview);
      else printLines(describe(overview));
    }
  } catch (error) {
    fail(error, json);
  }
}

async function init(flags: SharingFlags): Promise<void> {
  const { settings } = await locateShared(flags);
  const lines = await initialise(settings);
  if (flags.json === true) printJson({ store: settings.name, lines });
  else printLines(lines);
}

function printKeys(json: boolean): void {
  const keys = makeKeys();
  if (json) printJson(keys);
  else
    printLines([
      `For the Jest config, shared.publicKey: ${keys.publicKey}`,
      `For the secrets of CI, ${PRIVATE_KEY_VARIABLE}: ${keys.privateKey}`,
    ]);
}

function describe({ store, writes, scopes, roundTrip }: SharedOverview): string[] {
  return [
    `${store} answers within ${Math.ceil(roundTrip)} ms; this machine ${writes === null ? 'only reads' : `writes to ${writes}`}.`,
    ...scopes.map(({ scope, bundles, bytes, newest, machines }) =>
      newest === null
        ? `  ${scope}: nothing yet`
        : `  ${scope}: ${count(bundles, 'bundle')}, ${size(bytes)}, the last ${ago(newest)}${some(machines, 6)}`,
    ),
  ];
}
