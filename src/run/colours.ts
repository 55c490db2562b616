import pico from 'picocolors';

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
  const { FORCE_COLOR: force = '0', NO_COLOR: no = '', TERM: terminal, CI: ci = '' } = env;
  const isRefused = no !== '' || args.some((arg) => /^--no-colors?$/.test(arg));
  const isAsked = !/^(?:0|false)$/.test(force) || args.some((arg) => /^--colors?$/.test(arg));
  const isTerminal = stream.isTTY === true && terminal !== 'dumb' && ci === '';
  return pico.createColors(!isRefused && (isAsked || isTerminal));
}
