/** Receives what the code of one test file does to the file system, as absolute paths. */
export interface Sink {
  /** Whether modules that this process loads for itself, and what they do meanwhile, count as well. */
  readonly seesLoading?: boolean;
  /** Tells it from those before it, for whoever outlives it; those without one keep nothing of what they are told. */
  readonly number?: number;
  /** Jest's runtime read a module's source, a JSON module or a snapshot. */
  loaded(file: string, content: string | Buffer): void;
  /**
   * Code under test read, or is about to read, a file's content or its size and times.
   * @param isContent Whether it is the content.
   */
  read(file: string, isContent?: boolean): void;
  /** Code under test looked for a path. */
  looked(file: string): void;
  /** Code under test asked where a path leads. */
  followed(file: string): void;
  /** Code under test listed a folder. */
  listed(folder: string): void;
  /**
   * Jest's resolver found a file for a specifier.
   * @param paths Those that `require.resolve` was given.
   */
  resolved(from: string, specifier: string, file: string, paths?: readonly string[]): void;
  /**
   * Jest asked for the id of a module, maybe to replace it by a mock.
   * @param parts What the id is made of; the path of the module is among them.
   * @param resolve Reports what the module resolves to.
   */
  identified(parts: readonly string[], resolve: (to: Sink) => void): void;
  /** Jest's resolver found nothing for a specifier. */
  unresolved(from: string, specifier: string, paths?: readonly string[]): void;
  /**
   * Jest looked for a module by a name without a path, where a manual mock of that name would have come first.
   * @param needsMock Whether a mock that is there makes a difference though Jest never loads it.
   */
  named(name: string, needsMock?: boolean): void;
  /** Jest looked for the manual mock beside a module that is to be mocked. */
  soughtMock(file: string): void;
  /** Code under test is about to create, replace or remove a path, whatever was there. */
  wrote(file: string): void;
  /** Code under test is about to change what a file holds. */
  changes(file: string): void;
  /** Code under test is about to make a folder, and those above it where they are missing. */
  makes(folder: string): void;
  /** Code under test is about to make a link. */
  links(link: string, target: string): void;
  /** A fault of ours hid something that happened: what is known is not all. */
  lost(): void;
}

/** Who is to be told what is seen. */
export interface Watch {
  /** Null where nobody is to be told. */
  sink(): Sink | null;
  /** Runs something without telling. */
  unobserved<T>(work: () => T): T;
  /** The same for code that must add no frame to the stack: tells nothing until `resume`. */
  suspend(): void;
  resume(): void;
  /** A fault of ours was kept from the code under test. Left out in children, which print nothing of their own. */
  failed?: OnFault;
}

/** Is told of a fault of ours. @param what What was done, such as `loaded`. */
export type OnFault = (error: unknown, what: string) => void;

/** Receives everything and keeps nothing. */
export const NOBODY: Omit<Sink, 'seesLoading' | 'number'> = {
  loaded: () => undefined,
  read: () => undefined,
  looked: () => undefined,
  followed: () => undefined,
  listed: () => undefined,
  resolved: () => undefined,
  identified: () => undefined,
  unresolved: () => undefined,
  named: () => undefined,
  soughtMock: () => undefined,
  wrote: () => undefined,
  changes: () => undefined,
  makes: () => undefined,
  links: () => undefined,
  lost: () => undefined,
};

const METHODS = Object.keys(NOBODY) as (keyof typeof NOBODY)[];

const guards = new WeakMap<Sink, Sink>();
let guardsMade = 0;

/** The same sink for whoever stands in the midst of code under test: a fault of ours never becomes one of that code. */
export function guarded(sink: Sink, onFault?: OnFault): Sink {
  let guard = guards.get(sink);
  if (guard === undefined) {
    const methods = Object.fromEntries(
      METHODS.map((name) => [name, guardedMethod(sink, name, onFault)]),
    );
    guardsMade += 1;
    guard = { ...NOBODY, seesLoading: sink.seesLoading === true, number: guardsMade, ...methods };
    guards.set(sink, guard);
  }
  return guard;
}

/** They are called tens of thousands of times: none takes more than four arguments, and no array is made of them. */
function guardedMethod(
  sink: Sink,
  name: (typeof METHODS)[number],
  onFault: OnFault | undefined,
): (a?: unknown, b?: unknown, c?: unknown, d?: unknown) => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- Called with what it belongs to.
  const method = sink[name] as (a: unknown, b: unknown, c: unknown, d: unknown) => void;
  return (a, b, c, d) => {
    try {
      method.call(sink, a, b, c, d);
    } catch (error) {
      onFault?.(error, name);
      sink.lost();
    }
  };
}

/**
 * Keeps what happens before a recorder can exist: a test file whose docblock names another environment runs its
 * setup files before any plug point of ours sees that environment.
 */
export class PendingObservations {
  readonly #calls: Call[] = [];

  /** What keeps everything it receives. */
  readonly sink: Sink;

  /** @param behind Who else is told at once; null for nobody. */
  constructor(behind: () => Sink | null) {
    const receive = (call: Call): void => {
      this.#calls.push(call);
      const other = behind();
      if (other !== null) tell(other, call);
    };
    this.sink = Object.fromEntries(
      METHODS.map((name) => [name, (...args: unknown[]) => receive([name, args])]),
    ) as unknown as Sink;
  }

  replay(to: Sink): void {
    for (const call of this.#calls) tell(to, call);
  }
}

type Call = [(typeof METHODS)[number], unknown[]];

function tell(to: Sink, [name, args]: Call): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- Called with what it belongs to.
  Reflect.apply(to[name] as (...args: unknown[]) => void, to, args);
}
