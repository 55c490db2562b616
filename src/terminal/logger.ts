import { coloursFor } from './colours';
import { printable } from './printable';
import { noProgress, showProgress, type Progress } from './progress';

/**
 * Writes the controller's messages to standard error. Standard output belongs to Jest's own output (`--listTests`,
 * `--json`).
 */
export interface Logger {
  info(sentence: string): void;
  /** For messages that the user should act on. */
  warn(sentence: string): void;
  /** Shows the progress of a long task; see `showProgress`. */
  progress(what: string, total: number): Progress;
  /** Whether all output is suppressed. */
  readonly quiet: boolean;
}

const CLEAR_LINE = '\r\u001B[K';

/**
 * Creates a logger.
 * @param quiet Suppresses all output, as `--silent` and `--json` require.
 */
export function makeLogger(quiet: boolean, stream: NodeJS.WriteStream = process.stderr): Logger {
  if (quiet)
    return { info: () => undefined, warn: () => undefined, progress: () => noProgress, quiet };
  // On a terminal, Jest leaves the cursor behind "Determining test suites to run..." and clears that line later.
  const start = stream.isTTY ? CLEAR_LINE : '';
  const colours = coloursFor(stream);
  return {
    quiet,
    info: (sentence) =>
      stream.write(`${start}${colours.cyan('testmon:')} ${printable(sentence)}
`),
    warn: (sentence) =>
      stream.write(
        `${start}${colours.yellow('testmon:')} ${printable(sentence.replace(/^testmon: /, ''))}
`,
      ),
    progress: (what, total) => showProgress(what, total, stream),
  };
}

/** Formats a number with its noun: `1 test file`, `2 test files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Formats a duration: `0.4 s`, `12 s`, `3 min 20 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Formats the first few names in parentheses: ` (a, b, c, and 2 more)`. Returns an empty text for an empty list. */
export function some(names: readonly string[], limit = 3): string {
  if (names.length === 0) return '';
  const more = names.length > limit ? `, and ${names.length - limit} more` : '';
  return ` (${names.slice(0, limit).join(', ')}${more})`;
}
