/** What distinguishes a lookup of a module from that of an ordinary `require` or `import`. */
export interface LookupDetails {
  /** The paths that `require.resolve` was given. */
  paths?: readonly string[] | undefined;
  /** Whether only the id of the module is made, perhaps to replace the module by a mock. */
  isForId?: boolean;
  /** Whether a module asked while it was being loaded. */
  isWhileLoading?: boolean;
}

/** Receives what the code of one test file does to the file system, as absolute paths. */
export interface Sink {
  /** Whether it also receives modules that this process loads for itself, and what those do while they load. */
  readonly seesLoading?: boolean;
  /**
   * Distinguishes this sink from earlier ones, for callers that outlive it. Without a number, the sink keeps nothing.
   */
  readonly number?: number;
  /** Jest's runtime read the source of a module, a JSON module or a snapshot. */
  loaded(file: string, content: string | Buffer): void;
  /**
   * Code under test reads, or is about to read, the content of a file or its size and times.
   * @param isContent Whether it reads the content.
   */
  read(file: string, isContent?: boolean): void;
  /**
   * Code under test looked for a path.
   * @param seesPermissions Whether it also finds out what may be done with it, and whether it is a link.
   */
  looked(file: string, seesPermissions?: boolean): void;
  /**
   * Native code may read files below a folder.
   * @param names Matches the names of the files. Without it, each file and the names in each folder count.
   */
  mayRead(folder: string, names?: RegExp): void;
  /** Code under test asked where a path leads. */
  followed(file: string): void;
  /** Code under test listed a folder. */
  listed(folder: string): void;
  /** Jest's resolver found a file for a specifier. */
  resolved(from: string, specifier: string, file: string, details?: LookupDetails): void;
  /**
   * Jest asked for the id of a module, perhaps to replace the module by a mock.
   * @param parts The parts of the id. The path of the module is one of them.
   * @param resolve Reports what the module resolves to.
   */
  identified(parts: readonly string[], resolve: (to: Sink) => void): void;
  /** Jest's resolver found nothing for a specifier. */
  unresolved(from: string, specifier: string, details?: LookupDetails): void;
  /**
   * Jest looked for a module by a name without a path. A manual mock of that name would have come first.
   * @param needsMock Whether an existing mock makes a difference even if Jest never loads it.
   */
  named(name: string, needsMock?: boolean): void;
  /** Jest looked for the manual mock next to a module that is to be mocked. */
  soughtMock(file: string): void;
  /** Code under test is about to create, replace or remove a path, whatever exists there. */
  wrote(file: string): void;
  /** Code under test is about to change the content of a file. */
  changes(file: string): void;
  /** Code under test is about to make a folder, and its missing parent folders. */
  makes(folder: string): void;
  /** Code under test is about to make a link. */
  links(link: string, target: string): void;
  /** An internal error hid something that happened, so the observations are incomplete. */
  lost(): void;
}

/** Decides who receives the observations. */
export interface Watch {
  /** Null if nobody observes. */
  sink(): Sink | null;
  /** Runs something without reporting it. */
  unobserved<T>(work: () => T): T;
  /** Reports nothing until `resume`. For code that must add no frame to the stack. */
  suspend(): void;
  resume(): void;
  /** An internal error was kept from the code under test. Omitted in children, which print nothing of their own. */
  failed?: OnFault;
}

/** Receives an internal error. @param what What failed, such as `loaded`. */
export type OnFault = (error: unknown, what: string) => void;

/** Receives everything and keeps nothing. */
export const NOBODY: Omit<Sink, 'seesLoading' | 'number'> = {
  loaded: () => undefined,
  read: () => undefined,
  looked: () => undefined,
  mayRead: () => undefined,
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

/** Wraps a sink that is called from within code under test, so that an internal error never reaches that code. */
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

/**
 * The methods are called tens of thousands of times. None takes more than four arguments, so no array is made of
 * them.
 */
function guardedMethod(
  sink: Sink,
  name: (typeof METHODS)[number],
  onFault: OnFault | undefined,
): (a?: unknown, b?: unknown, c?: unknown, d?: unknown) => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- It is called with its sink.
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
 * Keeps what happens before a recorder can exist. If a docblock names another environment, the setup files run before
 * any of our plug points sees that environment.
 */
export class PendingObservations {
  readonly #calls: Call[] = [];

  /** Keeps everything it receives. */
  readonly sink: Sink;

  /** @param behind Returns another sink that receives each observation at once, or null. */
  constructor(behind: () => Sink | null) {
    const receive = (call: Call): void => {
      this.#calls.push(call);
      const other = behind();
      if (other !== null) tell(other, call);
    };
    this.sink = made((...call) => receive(call));
  }

  replay(to: Sink): void {
    for (const call of this.#calls) tell(to, call);
  }
}

/** Returns a sink that reports to both. The first one says what it is. */
export function joined(first: Sink, second: Sink): Sink {
  const known = joints.get(first);
  if (known?.second === second) return known.both;
  const both = {
    ...first,
    ...made((...call) => {
      tell(first, call);
      tell(second, call);
    }),
  };
  joints.set(first, { second, both });
  return both;
}

const joints = new WeakMap<Sink, { second: Sink; both: Sink }>();

/** Returns a sink that passes on what happens while a question is answered with yes, and what was lost. */
export function onlyWhen(isMeant: () => boolean, to: Sink): Sink {
  const methods = to as unknown as Record<string, unknown>;
  return made((...call) => {
    const [name] = call;
    // The question can be a costly one.
    if (methods[name] === NOBODY[name]) return;
    if (name === 'lost' || isMeant()) tell(to, call);
  });
}

/** Makes a sink of one function. */
function made(receive: (...call: Call) => void): Sink {
  return Object.fromEntries(
    METHODS.map((name) => [name, (...args: unknown[]) => receive(name, args)]),
  ) as unknown as Sink;
}

type Call = [(typeof METHODS)[number], unknown[]];

function tell(to: Sink, [name, args]: Call): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- It is called with its sink.
  Reflect.apply(to[name] as (...args: unknown[]) => void, to, args);
}
