import { AsyncScope } from '../async-scope';

type Listener = (message: string) => void;

const listeners = new AsyncScope<Listener>();
const VALIDATION = /(Validation|Deprecation) Warning/;
/** Of the process, as `console` is: how many calls need it to be replaced, and how that is undone. */
let active = 0;
let restore = (): void => undefined;

/**
 * Runs something of jest-config and keeps what it would warn of from being printed. Only calls within `run` are
 * concerned: Jest may read other configs at the same time, and its warnings on those must appear.
 * @param listen Gets each message.
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
    // Whoever replaced it meanwhile keeps the say.
    if (console.warn === filtered) console.warn = warn;
  };
}
