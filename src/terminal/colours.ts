import pico from 'picocolors';
import { isTerminal } from './terminal';

/** What the decision on colours depends on besides the stream. */
interface Asked {
  env: Readonly<Record<string, string | undefined>>;
  args: readonly string[];
}

/**
 * Returns the colour functions for a stream. Colours are used on a terminal outside of CI, and wherever `FORCE_COLOR`
 * or Jest's `--colors` asks for them. picocolors alone would also colour output that CI captures.
 */
export function coloursFor(
  stream: { isTTY?: boolean },
  { env, args }: Asked = { env: process.env, args: process.argv },
): ReturnType<typeof pico.createColors> {
  const { FORCE_COLOR: force = '0', NO_COLOR: no = '' } = env;
  const isRefused = no !== '' || args.some((arg) => /^--no-colors?$/.test(arg));
  const isAsked = !/^(?:0|false)$/.test(force) || args.some((arg) => /^--colors?$/.test(arg));
  return pico.createColors(!isRefused && (isAsked || isTerminal(stream, env)));
}
