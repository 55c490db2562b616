import * as fs from 'node:fs';
import * as path from 'node:path';
import { halvesOf, StoreError, type Environment, type Store, type UnsentFacts } from '../store';
import { packIfTaken } from './bundle';
import { SharedStoreError } from './engine';
import { compact, MANY_BUNDLES } from './compact';
import type { Sender } from './sender';
import type { SharedSettings } from './settings';
import { makeSigner, makeVerifier, PRIVATE_KEY_VARIABLE, type Signer } from './signing';
import { asFailure, talk } from './talk';
import { withTemporaryFolder } from './temporary';

/** What came of a push. */
export interface Pushed {
  /** How many bundles were sent: one for each environment, and more of one that holds much. */
  bundles: number;
  records: number;
  bytes: number;
  /** Why not all was sent, which then goes with the next run; null where it was. */
  failure: SharedStoreError | null;
}

/** How much may be sent. */
export interface PushOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** Milliseconds that sending may take, once the store has answered. */
  transfer: number;
  /** How many complete records of a test file a snapshot keeps. Default: 8. */
  keep?: number | undefined;
  /** With more bundles of one environment, a snapshot takes their place. Default: 20. */
  many?: number;
  /** What a bundle may unpack to, in bytes. Default: what a machine takes. */
  largest?: number;
}

/**
 * Sends what was recorded since the last time. Never throws for what the shared store does.
 * @param store Open for writing.
 * @throws {StoreError} Where the database at hand fails.
 */
export async function push(
  store: Store,
  settings: SharedSettings,
  options: PushOptions,
): Promise<Pushed> {
  const pushed: Pushed = { bundles: 0, records: 0, bytes: 0, failure: null };
  const { write: scope } = settings;
  if (scope === null) {
    const message = `this machine does not write to ${settings.name}`;
    return { ...pushed, failure: new SharedStoreError('denied', message) };
  }
  try {
    const signer = signerOf(settings, scope);
    const environments = store.sharing(settings.place).withUnsent();
    if (environments.length === 0) return pushed;
    await talk(settings, settings.timeout, async (conversation) => {
      const { engine, signal } = conversation;
      // The first answer must come soon: then there is somebody to send to.
      const listed = await conversation.within(engine.list([scope], signal));
      conversation.extend(options.transfer);
      await withTemporaryFolder(async (folder) => {
        const { now, keep, many = MANY_BUNDLES, largest } = options;
        const how = { now, keep, many, largest };
        const sender = { store, settings, scope, signer, conversation, folder, ...how };
        for (const environment of environments) {
          const facts = store.sharing(settings.place).unsent(environment.id);
          await send(sender, environment, facts, pushed);
        }
        await compact(sender, environments, listed);
      });
    });
  } catch (error) {
    if (error instanceof StoreError) throw error;
    pushed.failure = asFailure(error);
  }
  return pushed;
}

/** @throws {SharedStoreError} Where nobody would believe what is sent. */
function signerOf({ publicKey }: SharedSettings, scope: string): Signer | null {
  const key = process.env[PRIVATE_KEY_VARIABLE] ?? '';
  if (key === '' && publicKey === null) return null;
  if (key === '')
    throw new SharedStoreError(
      'unprepared',
      `${PRIVATE_KEY_VARIABLE} is not set, and bundles that are not signed are ignored`,
    );
  const signer = makeSigner(key);
  const name = `${'0'.repeat(13)}-node0.any-${'0'.repeat(16)}-${'0'.repeat(64)}`;
  if (publicKey !== null && !makeVerifier(publicKey)(scope, `${name}.${signer(scope, name)}`))
    throw new SharedStoreError(
      'unprepared',
      `the key in ${PRIVATE_KEY_VARIABLE} is not the other half of the option shared.publicKey`,
    );
  return signer;
}

/** Sends facts in one bundle, or in as many as are not too large. */
async function send(
  sender: Sender,
  environment: Environment,
  facts: UnsentFacts,
  pushed: Pushed,
): Promise<void> {
  const { store, settings, scope, signer, conversation, folder, now, largest } = sender;
  const sharing = store.sharing(settings.place);
  const file = path.join(folder, `${environment.id}.db`);
  sharing.exportTo(file, environment, facts);
  const packed = packIfTaken(file, { environment, scope, signer, madeAt: now, largest });
  fs.rmSync(file, { force: true });
  if (packed === null) {
    const halves = halvesOf(facts);
    // It keeps no other from being sent.
    if (halves === null) pushed.failure = new SharedStoreError('refused', TOO_LARGE);
    for (const half of halves ?? []) await send(sender, environment, half, pushed);
    return;
  }
  const { name, content } = packed;
  const { engine, signal } = conversation;
  await conversation.within(engine.put(scope, name, content, signal));
  sharing.markSent(facts, name);
  pushed.bundles += 1;
  pushed.records += facts.records.size;
  pushed.bytes += content.length;
}

const TOO_LARGE = 'what one test file recorded is larger than a machine takes from a shared store';
