import { debug } from '../terminal/debug';
import { messageOf } from '../terminal/error-message';
import { SharedStoreError, type SharedEngine, type SharedStoreReason } from './engine';
import { openFolder } from './engines/folder';
import { openPostgres } from './engines/postgres';
import { openS3 } from './engines/s3';
import { Redaction, publicName } from './secrets';

const say = debug('shared');

/** By scheme of the URL: what makes an engine, loaded only where a URL asks for it. */
const ENGINES: Record<string, (url: URL) => SharedEngine | Promise<SharedEngine>> = {
  'file:': openFolder,
  'postgres:': openPostgres,
  'postgresql:': openPostgres,
  's3:': openS3,
};

/**
 * Opens a shared store by its URL. Nothing is connected yet.
 * @throws {SharedStoreError} Where no engine is meant, or a package that it needs is not installed.
 */
export async function openEngine(url: string): Promise<SharedEngine> {
  const redaction = new Redaction(url);
  return guarded(await makeEngine(url, redaction), redaction);
}

async function makeEngine(url: string, redaction: Redaction): Promise<SharedEngine> {
  try {
    const parsed = new URL(url);
    const open = ENGINES[parsed.protocol];
    if (open !== undefined) return await open(parsed);
  } catch (error) {
    throw asShared(error, 'unprepared', redaction);
  }
  throw new SharedStoreError(
    'unprepared',
    `${publicName(url)} names no shared store: it begins with ${Object.keys(ENGINES).join(', ')}.`,
  );
}

/** The same engine, whose errors are all of one kind and hold no secrets. */
function guarded(engine: SharedEngine, redaction: Redaction): SharedEngine {
  const run = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    try {
      return await work();
    } catch (error) {
      throw asShared(error, 'unreachable', redaction);
    } finally {
      say('%s took %d ms', what, Math.round(performance.now() - begun));
    }
  };
  return {
    list: (scopes, signal) => run('list', () => engine.list(scopes, signal)),
    get: (bundle, signal) => run('get', () => engine.get(bundle, signal)),
    put: (scope, name, content, signal) =>
      run('put', () => engine.put(scope, name, content, signal)),
    remove: (bundles, signal) => run('remove', () => engine.remove(bundles, signal)),
    ...('pin' in engine && {
      pin: (key: string, value: string, signal: AbortSignal) =>
        run('pin', async () => (await engine.pin?.(key, value, signal)) ?? value),
    }),
    initialise: (signal) => run('initialise', () => engine.initialise(signal)),
    close: () => engine.close().catch(() => undefined),
  };
}

/** What the system says of files that are somebody else's. */
const NOT_ALLOWED = ['EACCES', 'EPERM', 'EROFS'];

/** The stack of what an engine threw is dropped: it quotes the message as it was. */
function asShared(
  error: unknown,
  reason: SharedStoreReason,
  redaction: Redaction,
): SharedStoreError {
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const guessed = NOT_ALLOWED.includes(code) ? 'denied' : reason;
  const known = error instanceof SharedStoreError ? error.reason : guessed;
  const text = redaction.text(messageOf(error)).trim();
  const shared = new SharedStoreError(known, text === '' ? 'it does not say why' : text);
  say('%s: %s', known, shared.message);
  return shared;
}
