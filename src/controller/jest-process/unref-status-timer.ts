/** How long Jest's reporter gathers what there is to show, in milliseconds. Source: `_debouncedEmit` in @jest/reporters. */
const STATUS_DELAY_MS = 100;

/**
 * Lets the process end without waiting for Jest's default reporter to show the status of tests that are running: it
 * begins with that also where none will.
 * @returns Ends it.
 */
export function unrefStatusTimer(): () => void {
  const { setTimeout: original } = globalThis;
  const hurried = (...args: Parameters<typeof original>): NodeJS.Timeout => {
    const timer = original(...args);
    if (
      args[1] === STATUS_DELAY_MS &&
      /[\\/]@jest[\\/]reporters[\\/]/.test(new Error().stack ?? '')
    )
      timer.unref();
    return timer;
  };
  globalThis.setTimeout = Object.defineProperties(
    hurried,
    Object.getOwnPropertyDescriptors(original),
  ) as typeof original;
  return () => {
    // Whoever replaced it meanwhile keeps the say.
    if ((globalThis.setTimeout as unknown) === hurried) globalThis.setTimeout = original;
  };
}
