import { createRequire } from 'node:module';

/** What the `debug` package exports, as far as it is used here. */
type CreateDebug = (namespace: string) => (message: string, ...args: unknown[]) => void;

const PREFIX = 'testmon:';

const silent = (): void => undefined;

/**
 * Whether a value of `DEBUG` asks for any output of ours: `testmon:*`, `testmon:store`, `*`, `express,test*`.
 * @param value A list of names as the `debug` package reads it. A `-` in front excludes a name.
 */
export function asksForDebug(value: string | undefined): boolean {
  return (value ?? '').split(/[\s,]+/).some((name) => {
    const [start = ''] = name.split('*');
    return start.startsWith(PREFIX) || (name.includes('*') && PREFIX.startsWith(start));
  });
}

/**
 * Loaded together with this module and not at the first message: a message may come while a test runs, and what is read
 * then counts as read by the test.
 */
const createDebug = asksForDebug(process.env.DEBUG) ? loadDebug() : null;

function loadDebug(): CreateDebug {
  return createRequire(__filename)('debug') as CreateDebug;
}

/**
 * Creates a logger that writes to standard error where `DEBUG=testmon:<area>` or a wildcard asks for it. Everywhere else
 * it does nothing, and the `debug` package is not loaded.
 * @param area Which part of the code speaks, usually the name of its folder, such as `store`.
 * @returns A function that takes a message with the placeholders of the `debug` package (`%s`, `%o`) and their values.
 */
export function debug(area: string): (message: string, ...args: unknown[]) => void {
  return createDebug === null ? silent : createDebug(PREFIX + area);
}

/**
 * Says in the debug output that an error was swallowed on purpose, with its stack.
 * @param area As `debug` takes it.
 * @param what What was tried, and what happens instead, such as `reading .git/HEAD; the branch is unknown`.
 */
export function swallowed(area: string, error: unknown, what: string): void {
  if (createDebug === null) return;
  debug(area)('%s: %s', what, error instanceof Error ? (error.stack ?? error.message) : error);
}
