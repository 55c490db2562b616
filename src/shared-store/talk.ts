import { setMaxListeners } from 'node:events';
import { swallowed } from '../terminal/debug';
import { messageOf } from '../terminal/error-message';
import { within } from './deadline';
import { SharedStoreError, type SharedEngine } from './engine';
import { openEngine } from './open-engine';
import type { SharedSettings } from './settings';

/** How many bundles are fetched at once. */
const AT_ONCE = 8;

/**
 * Talks to a shared store until a deadline. Whatever the engine does, this comes to its end by then.
 * @param milliseconds Until the deadline.
 */
export async function talk<T>(
  { url, name }: SharedSettings,
  milliseconds: number,
  work: (conversation: Conversation) => Promise<T>,
): Promise<T> {
  const conversation = new Conversation(name, milliseconds);
  let engine: SharedEngine | null = null;
  try {
    engine = await conversation.within(openEngine(url));
    conversation.engine = engine;
    return await work(conversation);
  } finally {
    conversation.end();
    // Nobody waits for it: it is what did not answer that takes long to let go.
    void engine?.close();
  }
}

/**
 * Asks a shared store for one thing.
 * @param milliseconds Until the deadline. Default: as the settings say.
 * @throws {SharedStoreError} For whatever goes wrong.
 */
export async function ask<T>(
  settings: SharedSettings,
  work: (conversation: Conversation) => Promise<T>,
  milliseconds = settings.timeout,
): Promise<T> {
  try {
    return await talk(settings, milliseconds, work);
  } catch (error) {
    throw asFailure(error);
  }
}

/** Whatever went wrong with a shared store, as one kind. */
export function asFailure(error: unknown): SharedStoreError {
  if (error instanceof SharedStoreError) return error;
  swallowed('shared', error, 'talking to the shared store');
  return new SharedStoreError('unreachable', messageOf(error));
}

/** What one talk has time for. */
export class Conversation {
  readonly #name: string;
  readonly #controller = new AbortController();
  #engine: SharedEngine | null = null;
  #timer: NodeJS.Timeout;
  #milliseconds: number;

  constructor(name: string, milliseconds: number) {
    this.#name = name;
    this.#milliseconds = milliseconds;
    // Each request listens while it waits, and Node warns of more than ten on the user's terminal.
    setMaxListeners(0, this.signal);
    this.#timer = this.#startTimer();
  }

  set engine(engine: SharedEngine) {
    this.#engine = engine;
  }

  get engine(): SharedEngine {
    if (this.#engine === null) throw new Error('The shared store is not open.');
    return this.#engine;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The store has answered: from now on as much time is given. */
  extend(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#milliseconds = milliseconds;
    this.#timer = this.#startTimer();
  }

  /** Waits for something, though not beyond the deadline. @throws {SharedStoreError} `unreachable` then. */
  async within<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this;
    // What is late may still fail, when nobody waits for it any more.
    promise.catch(() => undefined);
    try {
      return await within(
        signal,
        () => undefined,
        () => promise,
      );
    } catch (error) {
      // An engine says in its own words that it was stopped.
      throw signal.aborted ? this.#late() : error;
    }
  }

  /**
   * Does the same to many things, several at once, until one fails.
   * @returns What was done by then, and what failed first.
   */
  async all<T, R>(
    items: readonly T[],
    work: (item: T) => Promise<R>,
  ): Promise<{ done: R[]; failure: unknown }> {
    const done: R[] = [];
    const queue = [...items];
    let failure: unknown = null;
    const worker = async (): Promise<void> => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        try {
          done.push(await this.within(work(item)));
        } catch (error) {
          failure ??= error;
          queue.length = 0;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return { done, failure };
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #startTimer(): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(), this.#milliseconds);
  }

  #late(): SharedStoreError {
    return new SharedStoreError(
      'unreachable',
      `${this.#name} did not answer within ${this.#milliseconds / 1000} s`,
    );
  }
}
