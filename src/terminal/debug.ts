import { createRequire } from 'node:module';

/** The part of the `debug` package's interface that is used here. */
type CreateDebug = (namespace: string) => (message: string, ...args: unknown[]) => void;

const PREFIX = 'testmon:';

const silent = (): void => undefined;

/**
 * Whether a value of `DEBUG` enables any output of jest-testmon: `testmon:*`, `testmon:store`, `*`, `express,test*`.
 * @param value A list of names as the `debug` package reads it. A leading `-` excludes a name.
 */
export function asksForDebug(value: string | undefined): boolean {
  return (value ?? '').split(/[\s,]+/).some((name) => {
    const [start = ''] = name.split('*');
    return start.startsWith(PREFIX) || (name.includes('*') && PREFIX.startsWith(start));
  });
}

/**
 * Loaded together with this module, not at the first message. A message may be written while a test runs, and files
 * that are read then would count as read by that test.
 */
const createDebug = asksForDebug(process.env.DEBUG) ? loadDebug() : null;

function loadDebug(): CreateDebug {
  return createRequire(__filename)('debug') as CreateDebug;
}

/**
 * Creates a logger that writes to standard error if `DEBUG` contains `testmon:<area>` or a matching wildcard.
 * Otherwise the logger does nothing, and the `debug` package is not loaded.
 * @param area The part of the code that logs, usually the name of its folder, such as `store`.
 * @returns A function that takes a message with placeholders of the `debug` package (`%s`, `%o`) and their values.
 */
export function debug(area: string): (message: string, ...args: unknown[]) => void {
  return createDebug === null ? silent : createDebug(PREFIX + area);
}

/**
 * Logs an error that is deliberately ignored, with its stack.
 * @param area See `debug`.
 * @param what What failed and what happens instead, such as `reading .git/HEAD; the branch is unknown`.
 */
export function swallowed(area: string, error: unknown, what: string): void {
  if (createDebug === null) return;
  debug(area)('%s: %s', what, error instanceof Error ? (error.stack ?? error.message) : error);
}
