import { contentHash, shortHash } from './files/content';

/**
 * Returns a hash of a docblock's pragmas, which Jest reads to choose the environment. The rest of the comment does
 * not count.
 * @param pragmas As `jest-docblock` parses them.
 * @returns Empty if there are none.
 */
export function pragmasValue(pragmas: Record<string, string | string[]>): string {
  const names = Object.keys(pragmas).sort();
  return names.length === 0
    ? ''
    : shortHash(JSON.stringify(names.map((name) => [name, pragmas[name]])));
}

/** Whether a test file can have a docblock. Most have none and need not be parsed. */
export function mayHaveDocblock(source: string): boolean {
  return /^\s*\/\*\*/.test(source);
}

/**
 * Returns the recorded value of a test file's docblock. If there is none, the value begins with the content hash, so
 * that unchanged content need not be read again.
 * @param pragmas As Jest parsed them.
 * @param source The test file. Null if it cannot be read.
 */
export function recordedPragmas(
  pragmas: Record<string, string | string[]>,
  source: string | null,
): string {
  const value = pragmasValue(pragmas);
  return value === '' && source !== null && !mayHaveDocblock(source)
    ? `${contentHash(source)} `
    : value;
}

/**
 * Whether a docblock still has its recorded value.
 * @param recorded A value from `recordedPragmas`.
 * @param hash The content hash of the test file now. Null if it is gone.
 * @param read Returns the present `pragmasValue`, or null if the file cannot be read. Only called if the content hash
 *   differs.
 */
export function pragmasHold(
  recorded: string,
  hash: string | null,
  read: () => string | null,
): boolean {
  const [value = '', before] = recorded.split(' ').reverse();
  return hash !== null && (hash === before || read() === value);
}
