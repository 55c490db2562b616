import pico from 'picocolors';
import { isTerminal } from './terminal';

/** What decides on colours besides the stream. */
interface Asked {
  env: Readonly<Record<string, string | undefined>>;
  args: readonly string[];
}

/**
 * Colours for what is written to a stream: on a terminal that is not CI's, and where `FORCE_COLOR` or Jest's `--colors`
 * asks for them. picocolors alone would colour whatever CI captures.
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
