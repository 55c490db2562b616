import { AsyncScope } from '../async-scope';

type Listener = (message: string) => void;

const listeners = new AsyncScope<Listener>();
const VALIDATION = /(Validation|Deprecation) Warning/;
/** The number of active calls, and how to restore `console.warn`. Global, because `console` is. */
let active = 0;
let restore = (): void => undefined;

/**
 * Runs a function of jest-config without printing its validation warnings. This only concerns warnings from within
 * `run`: Jest may read other configs at the same time, and their warnings must appear.
 * @param listen Called with each suppressed message.
 */
export async function withoutValidationMessages<Result>(
  run: () => Promise<Result>,
  listen: Listener = () => undefined,
): Promise<Result> {
  if (active === 0) restore = intercept();
  active += 1;
  try {
    return await listeners.run(listen, run);
  } finally {
    active -= 1;
    if (active === 0) restore();
  }
}

function intercept(): () => void {
  const { warn } = console;
  const filtered = (...messages: unknown[]) => {
    const listen = listeners.value;
    const [message] = messages;
    if (listen !== undefined && typeof message === 'string' && VALIDATION.test(message))
      listen(message);
    else warn.apply(console, messages);
  };
  console.warn = filtered;
  return () => {
    // If somebody else has replaced it meanwhile, their function stays.
    if (console.warn === filtered) console.warn = warn;
  };
}
