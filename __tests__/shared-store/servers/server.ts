import * as net from 'node:net';

/** A store that tests and benches may do anything to. */
export interface TestServer {
  /** Of a store that is ready and empty. */
  url: string;
  /** What the store's drivers read of the environment. */
  variables: Record<string, string>;
  /** Ends the server without a warning, as a crash does; absent where it is not ours to end. */
  kill?: () => Promise<void>;
  /** Starts it again after `kill`, with what it kept. */
  restart?: () => Promise<void>;
  stop: () => Promise<void>;
}

/** @returns The first of so many ports in a row that nobody listens at. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Tries until it works. */
export async function untilItWorks<T>(seconds: number, attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
