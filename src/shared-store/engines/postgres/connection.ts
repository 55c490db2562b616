import * as net from 'node:net';
import type { Client, ClientConfig } from 'pg';
import { within } from '../../deadline';
import { readError } from './errors';

/** A row of an answer, as text. */
export type Row = Record<string, string | null>;

/** An idle connection is not used again after this time: on the way, something may have forgotten it. */
const MAX_IDLE_MS = 10_000;
/** How long a connection has to say goodbye, before it is cut. */
const GOODBYE_MS = 200;

interface Open {
  client: Client;
  socket: net.Socket;
  isConnected: boolean;
  usedAt: number;
}

/** Runs one statement. */
export type Query = (text: string, values?: unknown[]) => Promise<Row[]>;

/**
 * One connection, made when it is first needed and again after it broke. Who comes second waits. A deadline cuts the
 * connection: the server then ends what it was doing, and no half of it stays.
 */
export class PostgresConnection {
  readonly #makeClient: (config: ClientConfig) => Client;
  readonly #config: ClientConfig;
  #open: Open | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(makeClient: (config: ClientConfig) => Client, config: ClientConfig) {
    this.#makeClient = makeClient;
    this.#config = config;
  }

  /** Runs statements one after another, with nobody's between them. */
  async run<T>(signal: AbortSignal, work: (query: Query) => Promise<T>): Promise<T> {
    const before = this.#turn;
    // Null while somebody else has the connection, which must not be cut then.
    let mine: Open | null = null;
    const running = within(
      signal,
      () => mine && this.#cut(mine),
      async () => {
        await before;
        signal.throwIfAborted();
        const open = (mine = this.#usable() ?? this.#make());
        try {
          if (!open.isConnected) await open.client.connect();
          open.isConnected = true;
          const result = await work(async (text, values = []) => {
            const { rows } = await open.client.query<Row>({ text, values, types: AS_SENT });
            return rows;
          });
          open.usedAt = performance.now();
          return result;
        } catch (error) {
          // A transaction may be open, and a broken connection need not have noticed yet.
          this.#cut(open);
          throw readError(error);
        }
      },
    );
    this.#turn = Promise.allSettled([before, running]);
    return await running;
  }

  /** Lets go of the connection, without waiting for anything. */
  close(): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    open.client.end().catch(() => undefined);
    open.socket.unref();
    setTimeout(() => open.socket.destroy(), GOODBYE_MS).unref();
  }

  #usable(): Open | null {
    const open = this.#open;
    if (open === null || performance.now() - open.usedAt < MAX_IDLE_MS) return open;
    this.#cut(open);
    return null;
  }

  #make(): Open {
    // Made here, as a client has no way to give up while it connects.
    const socket = new net.Socket();
    const client = this.#makeClient({ ...this.#config, stream: () => socket });
    const open = { client, socket, isConnected: false, usedAt: performance.now() };
    const forget = () => this.#forget(open);
    client.on('error', forget).on('end', forget);
    this.#open = open;
    return open;
  }

  #cut(open: Open): void {
    this.#forget(open);
    open.socket.destroy();
  }

  #forget(open: Open): void {
    if (this.#open === open) this.#open = null;
  }
}

/** Whatever somebody else in this process has told `pg` to make of columns. */
const AS_SENT = { getTypeParser: () => (value: string) => value };
