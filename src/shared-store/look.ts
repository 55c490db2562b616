import { readBundleName, type SharedStoreError } from './engine';
import type { SharedSettings } from './settings';
import { ask } from './talk';

/** What a shared store holds in the scopes that this machine reads. */
export interface SharedOverview {
  /** Without credentials. */
  store: string;
  /** The scope that this machine writes; null where it only reads. */
  writes: string | null;
  scopes: ScopeOverview[];
  /** Milliseconds that one answer takes. */
  roundTrip: number;
}

/** What one scope holds. */
export interface ScopeOverview {
  scope: string;
  bundles: number;
  bytes: number;
  /** By the clock of whoever made it, milliseconds since the epoch; null where there is none. */
  newest: number | null;
  /** Where its bundles were recorded. */
  machines: string[];
}

/** Asks a shared store what it holds. @throws {SharedStoreError} */
export function look(settings: SharedSettings): Promise<SharedOverview> {
  return ask(settings, async (conversation) => {
    const { engine, signal } = conversation;
    const list = () => conversation.within(engine.list(settings.read, signal));
    const listed = await list();
    // The first one made the connection.
    const begun = performance.now();
    await list();
    const roundTrip = performance.now() - begun;
    const scopes = settings.read.map((scope): ScopeOverview => {
      const own = listed.filter((bundle) => bundle.scope === scope);
      const names = own.flatMap(({ name }) => readBundleName(name) ?? []);
      return {
        scope,
        bundles: own.length,
        bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
        newest: names.length === 0 ? null : Math.max(...names.map(({ madeAt }) => madeAt)),
        machines: [...new Set(names.map(({ machine }) => machine))].sort(),
      };
    });
    return { store: settings.name, writes: settings.write, scopes, roundTrip };
  });
}

/** Has the engine make what it needs. @returns What to tell, a line each. @throws {SharedStoreError} */
export function initialise(settings: SharedSettings): Promise<string[]> {
  return ask(
    settings,
    (conversation) => conversation.within(conversation.engine.initialise(conversation.signal)),
    10 * settings.timeout,
  );
}

/** What to do about a shared store that cannot be used, as a sentence's second half. */
export function remedy({ reason }: SharedStoreError): string {
  const remedies: Partial<Record<SharedStoreError['reason'], string>> = {
    unreachable: 'see whether it runs and can be reached from here',
    denied: 'see what "jest-testmon shared init" says of grants',
    unprepared: 'correct the URL, or run "jest-testmon shared init" once',
  };
  return remedies[reason] ?? 'run "jest-testmon shared status"';
}
