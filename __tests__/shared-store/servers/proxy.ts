import * as net from 'node:net';

/** What a proxy does to what it forwards. */
export interface Weather {
  /** Before each piece in either direction. */
  delayMs?: number;
  /** Connections are cut after so many bytes of an answer. */
  cutAnswersAfter?: number;
  /** Connections are cut after so many bytes of a request. */
  cutRequestsAfter?: number;
  /** Connections are taken, and nothing ever comes back. */
  isSilent?: boolean;
  /** In either direction. */
  bytesPerSecond?: number;
}

/** A TCP proxy between a client and a server, for bad weather. */
export class Proxy {
  weather: Weather = {};
  /** Connections that were taken so far. */
  connections = 0;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  private constructor(target: { host: string; port: number }) {
    this.#server = net.createServer((client) => this.#connect(client, target));
  }

  /** @returns The proxy, and its port on this machine. */
  static async before(host: string, port: number): Promise<{ proxy: Proxy; port: number }> {
    const proxy = new Proxy({ host, port });
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return { proxy, port: (proxy.#server.address() as net.AddressInfo).port };
  }

  /** Cuts all connections at once. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cutAll();
    await closed;
  }

  #connect(client: net.Socket, target: { host: string; port: number }): void {
    this.connections++;
    const server = net.connect(target);
    const ends = [client, server];
    for (const socket of ends) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        for (const end of ends) end.destroy();
      });
    }
    void this.#forward(client, server, () => this.weather.cutRequestsAfter);
    void this.#forward(server, client, () => this.weather.cutAnswersAfter);
  }

  async #forward(
    from: net.Socket,
    to: net.Socket,
    cutAfter: () => number | undefined,
  ): Promise<void> {
    let bytes = 0;
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        const { delayMs = 0, isSilent = false, bytesPerSecond = Infinity } = this.weather;
        const wait = delayMs + (1000 * chunk.length) / bytesPerSecond;
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        if (isSilent) continue;
        const room = (cutAfter() ?? Infinity) - bytes;
        bytes += chunk.length;
        if (chunk.length <= room) to.write(chunk);
        else to.write(chunk.subarray(0, room), () => to.resetAndDestroy());
      }
      to.end();
    } catch {
      // The other end hung up, which is told by its own event.
    }
  }
}
