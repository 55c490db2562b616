/** The delay of the status timer of Jest's reporter, in milliseconds. Source: `_debouncedEmit` in @jest/reporters. */
const STATUS_DELAY_MS = 100;

/**
 * Keeps the status timer of Jest's default reporter from delaying the end of the process. The reporter starts it even
 * if no tests run.
 * @returns A function that undoes this.
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
    // If somebody else has replaced it meanwhile, their function stays.
    if ((globalThis.setTimeout as unknown) === hurried) globalThis.setTimeout = original;
  };
}
