import * as fs from 'node:fs';
import * as path from 'node:path';
import { uniteBundles, type Environment, type EnvironmentKey, type UnpackedBundle } from '../store';
import { swallowed } from '../terminal/debug';
import { environmentLabel, packIfTaken } from './bundle';
import { MAX_BUNDLE_BYTES, readBundleName, type StoredBundle } from './engine';
import { fetchBundle } from './fetch-bundle';
import type { Sender } from './sender';
import { makeVerifier } from './signing';
import { asFailure } from './talk';

/** With more bundles of one environment in a scope, a snapshot takes their place. */
export const MANY_BUNDLES = 20;

/** How long bundles stay for which a snapshot stands: who listed them before may still fetch them. Milliseconds. */
export const GRACE = 60 * 60_000;

/**
 * Puts one bundle in the place of many, in the scope that this machine writes. It is added before anything is removed,
 * so whoever reads meanwhile, or does the same, finds all that there was. Whatever fails is done by the next writer.
 * @param environments Those that something was sent of.
 * @param listed What the scope held before that.
 */
export async function compact(
  sender: Sender,
  environments: readonly Environment[],
  listed: readonly StoredBundle[],
): Promise<void> {
  try {
    await removeCovered(sender, listed).catch(ignoreDenial);
    for (const environment of environments) await makeSnapshot(sender, environment, listed);
  } catch (error) {
    swallowed('shared', error, 'putting a snapshot in the place of many bundles');
  }
}

/**
 * A writer that may not remove leaves that to one that may. It makes snapshots all the same, so that new machines fetch
 * few bundles.
 */
function ignoreDenial(error: unknown): void {
  if (asFailure(error).reason !== 'denied') throw error;
  swallowed('shared', error, 'removing bundles for which a snapshot stands');
}

/** Removes bundles for which a snapshot of this scope has stood for long. */
async function removeCovered(
  { store, settings, conversation, now }: Sender,
  listed: readonly StoredBundle[],
): Promise<void> {
  const taken = store.sharing(settings.place).taken();
  const names = new Set(listed.map(({ name }) => name));
  const old = listed.filter(({ name }) => {
    const snapshot = taken.get(name);
    const madeAt = snapshot && names.has(snapshot) ? readBundleName(snapshot)?.madeAt : undefined;
    return madeAt !== undefined && madeAt + GRACE < now;
  });
  const { engine, signal } = conversation;
  if (old.length > 0) await conversation.within(engine.remove(old, signal));
}

async function makeSnapshot(
  sender: Sender,
  environment: Environment,
  listed: readonly StoredBundle[],
): Promise<void> {
  const { store, settings, scope, signer, conversation, folder, now, keep } = sender;
  const sharing = store.sharing(settings.place);
  const taken = sharing.taken();
  const label = environmentLabel(environment).environment;
  // What this machine could not take in stays as it is.
  const many = listed.filter(
    ({ name }) => readBundleName(name)?.environment === label && taken.get(name) === null,
  );
  if (many.length <= sender.many) return;
  for (const limit of [MAX_BUNDLE_BYTES, MAX_BUNDLE_BYTES / 2]) {
    const few = smallestWithin(many, limit);
    // To unite fewer again and again would cost more than it saves.
    if (few.length < Math.max(2, sender.many / 4)) return;
    const unpacked = await fetchAll(sender, few);
    if (unpacked.length < 2) return;
    const file = path.join(folder, `snapshot-${label}.db`);
    const wants = (key: EnvironmentKey) => environmentLabel(key).environment === label;
    const names = new Set(listed.map(({ name }) => name));
    const covers = uniteBundles(file, unpacked, names, { wants, now, keep });
    for (const one of unpacked) fs.rmSync(one.file, { force: true });
    const packed = packIfTaken(file, { environment, scope, signer, madeAt: now, isSnapshot: true });
    fs.rmSync(file, { force: true });
    if (packed === null) continue;
    const { engine, signal } = conversation;
    await conversation.within(engine.put(scope, packed.name, packed.content, signal));
    sharing.noteSnapshot(packed.name, covers);
    return;
  }
}

/**
 * The smallest bundles that together are not larger than a limit. What is made of too many, no machine would take, and
 * those that it stands for are removed.
 */
export function smallestWithin(bundles: readonly StoredBundle[], limit: number): StoredBundle[] {
  let sum = 0;
  return bundles
    .toSorted((a, b) => a.bytes - b.bytes)
    .filter(({ bytes }) => (sum += bytes) <= limit);
}

/** Those that are still there and can be believed: no single one keeps the others from being united. */
async function fetchAll(
  { settings: { publicKey }, conversation, folder }: Sender,
  bundles: readonly StoredBundle[],
): Promise<UnpackedBundle[]> {
  const verify = publicKey === null ? () => true : makeVerifier(publicKey);
  const believed = bundles.filter(({ scope, name }) => verify(scope, name));
  const fetched: UnpackedBundle[] = [];
  const { failure } = await conversation.all(believed, async (bundle) => {
    try {
      fetched.push(await fetchBundle(conversation, bundle, folder));
    } catch (error) {
      const { reason } = asFailure(error);
      if (reason !== 'gone' && reason !== 'refused') throw error;
    }
  });
  if (failure !== null) throw asFailure(failure);
  return fetched;
}
