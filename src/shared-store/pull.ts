import * as fs from 'node:fs';
import * as path from 'node:path';
import type { EnvironmentKey } from '../records/types';
import {
  isBeyondUse,
  OF_NO_USE,
  StoreError,
  type Sharing,
  type Store,
  type UnpackedBundle,
} from '../store';
import { environmentLabel, environmentText, machineLabel } from './bundle';
import { readBundleName, type SharedStoreError, type StoredBundle } from './engine';
import { fetchBundle } from './fetch-bundle';
import type { SharedSettings } from './settings';
import { makeVerifier } from './signing';
import { asFailure, talk, type Conversation } from './talk';
import { withTemporaryFolder } from './temporary';

/** What came of a pull. */
export interface Pulled {
  /** How many bundles were taken in. */
  taken: number;
  /** How many records there are more. */
  records: number;
  bytes: number;
  /** Bundles that are not believed, and why. */
  refused: { name: string; reason: string }[];
  /** Why not all was fetched; null where it was. */
  failure: SharedStoreError | null;
  /** Where the bundles of these scopes were recorded, where none of them is of use here. */
  elsewhere: string[];
}

/** What a pull may take. */
export interface PullOptions {
  /** The environments that are of use here; null for all of this Node version and platform. */
  environments: readonly EnvironmentKey[] | null;
  /** Milliseconds since the epoch. */
  now: number;
  keep?: number | undefined;
  /** Milliseconds, once the store has answered; by default, all is to be done in the time of `settings`. */
  transfer?: number;
}

/**
 * Takes in what a shared store has and the database has not. Never throws for what the shared store does.
 * @param store Open for writing.
 * @throws {StoreError} Where the database at hand fails.
 */
export async function pull(
  store: Store,
  settings: SharedSettings,
  options: PullOptions,
): Promise<Pulled> {
  const pulled: Pulled = {
    ...{ taken: 0, records: 0, bytes: 0, refused: [], failure: null, elsewhere: [] },
  };
  try {
    await talk(settings, settings.timeout, (conversation) =>
      withTemporaryFolder((folder) =>
        new Puller(store, settings, options, conversation, folder).run(pulled),
      ),
    );
  } catch (error) {
    // A full temporary folder keeps nobody from running tests.
    if (error instanceof StoreError) throw error;
    pulled.failure = asFailure(error);
  }
  // Old records may have made room for what came in.
  pulled.records = Math.max(0, pulled.records);
  return pulled;
}

class Puller {
  readonly #store: Store;
  readonly #sharing: Sharing;
  readonly #settings: SharedSettings;
  readonly #options: PullOptions;
  readonly #conversation: Conversation;
  readonly #folder: string;

  constructor(
    store: Store,
    settings: SharedSettings,
    options: PullOptions,
    conversation: Conversation,
    folder: string,
  ) {
    this.#store = store;
    this.#sharing = store.sharing(settings.place);
    this.#settings = settings;
    this.#options = options;
    this.#conversation = conversation;
    this.#folder = folder;
  }

  async run(pulled: Pulled): Promise<void> {
    const { engine, signal } = this.#conversation;
    const listed = await this.#conversation.within(engine.list(this.#settings.read, signal));
    if (this.#options.transfer !== undefined) this.#conversation.extend(this.#options.transfer);
    const ours = this.#ofOurEnvironments(listed);
    if (ours.length === 0) pulled.elsewhere = machinesOf(listed);
    const believed = this.#believed(ours, pulled);
    const missing = () => {
      const taken = this.#taken();
      const byName = new Map(believed.map((bundle) => [bundle.name, bundle]));
      return [...byName.values()].filter(({ name }) => !taken.has(name)).sort(newestFirst);
    };
    // What a snapshot stands for need not be fetched.
    const snapshot = missing().find(({ name }) => readBundleName(name)?.isSnapshot === true);
    if (snapshot !== undefined) await this.#fetch([snapshot], pulled);
    if (pulled.failure === null) await this.#fetch(missing(), pulled);
    this.#sharing.forgetAllBut(new Set(listed.map(({ name }) => name)));
  }

  /** Names of the bundles that need not be fetched. What the database has removed since is. */
  #taken(): Set<string> {
    const { environments } = this.#options;
    const isRemoved = (key: EnvironmentKey) => !this.#sharing.holds(key);
    const removed = new Set(environments?.filter(isRemoved).map(labelOf));
    const taken = this.#sharing.taken();
    for (const [name, standsFor] of removed.size === 0 ? [] : [...taken])
      if (standsFor !== OF_NO_USE && removed.has(readBundleName(name)?.environment ?? ''))
        taken.delete(name);
    return new Set(taken.keys());
  }

  #ofOurEnvironments(listed: readonly StoredBundle[]): StoredBundle[] {
    const { environments } = this.#options;
    if (environments === null)
      return listed.filter(({ name }) => readBundleName(name)?.machine === THIS_MACHINE);
    const labels = new Set(environments.map(labelOf));
    return listed.filter(({ name }) => labels.has(readBundleName(name)?.environment ?? ''));
  }

  /** Those that are signed as they must be. */
  #believed(bundles: readonly StoredBundle[], pulled: Pulled): StoredBundle[] {
    const { publicKey } = this.#settings;
    if (publicKey === null) return [...bundles];
    const verify = makeVerifier(publicKey);
    return bundles.filter(({ scope, name }) => {
      const isSigned = verify(scope, name);
      if (!isSigned) pulled.refused.push({ name, reason: 'it is not signed with the right key' });
      return isSigned;
    });
  }

  async #fetch(bundles: readonly StoredBundle[], pulled: Pulled): Promise<void> {
    const unpacked: UnpackedBundle[] = [];
    const { failure } = await this.#conversation.all(bundles, async (bundle) => {
      try {
        const { bytes, ...fetched } = await fetchBundle(this.#conversation, bundle, this.#folder);
        unpacked.push(fetched);
        pulled.bytes += bytes;
      } catch (error) {
        const { reason, message } = asFailure(error);
        // Somebody has just put a snapshot in its place, which the next run finds.
        if (reason === 'gone') return;
        if (reason !== 'refused') throw error;
        pulled.refused.push({ name: bundle.name, reason: message });
      }
    });
    if (unpacked.length > 0) {
      const before = this.#store.totals().records;
      try {
        this.#takeIn(unpacked, pulled);
      } finally {
        pulled.records += this.#store.totals().records - before;
      }
    }
    for (const { file } of unpacked) fs.rmSync(file, { force: true });
    if (failure !== null) pulled.failure = asFailure(failure);
  }

  /** All at once, or one by one where one of them cannot be used. */
  #takeIn(unpacked: readonly UnpackedBundle[], pulled: Pulled): void {
    const { environments, now, keep } = this.#options;
    const labels = environments && new Set(environments.map(environmentText));
    const wants = (key: EnvironmentKey) =>
      labels?.has(environmentText(key)) ?? machineLabel(key) === THIS_MACHINE;
    try {
      this.#sharing.takeIn(unpacked, { wants, now, keep });
      pulled.taken += unpacked.length;
    } catch (error) {
      const [first] = unpacked;
      if (!(error instanceof StoreError) || first === undefined || !isInside(error, this.#folder))
        throw error;
      if (unpacked.length > 1) {
        for (const one of unpacked) this.#takeIn([one], pulled);
        return;
      }
      pulled.refused.push({ name: first.name, reason: shortReason(error) });
      // Of a newer version it may be of use later.
      if (isBeyondUse(error) || error.reason === 'foreign') this.#sharing.passOver([first.name]);
    }
  }
}

const THIS_MACHINE = machineLabel({
  nodeMajor: Number(process.versions.node.split('.')[0]),
  platform: process.platform,
});

function labelOf(key: EnvironmentKey): string {
  return environmentLabel(key).environment;
}

function isInside({ file }: StoreError, folder: string): boolean {
  return path.dirname(file) === folder;
}

/** Its own message names a temporary file, and tells what to do with it. */
function shortReason({ reason }: StoreError): string {
  if (reason === 'newer') return 'a newer version of jest-testmon made it';
  return `it holds no database of ours that can be used (${reason})`;
}

function newestFirst(a: StoredBundle, b: StoredBundle): number {
  return a.name < b.name ? 1 : a.name > b.name ? -1 : 0;
}

function machinesOf(listed: readonly StoredBundle[]): string[] {
  return [...new Set(listed.flatMap(({ name }) => readBundleName(name)?.machine ?? []))].sort();
}
