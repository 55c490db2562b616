import { contentHash, shortHash } from './files/content';

/**
 * The value of a test file's docblock: a hash of its pragmas, which Jest reads to choose the environment.
 * Other words of the comment do not count.
 * @param pragmas As `jest-docblock` parses them.
 */
export function pragmasValue(pragmas: Record<string, string | string[]>): string {
  const names = Object.keys(pragmas).sort();
  return names.length === 0
    ? ''
    : shortHash(JSON.stringify(names.map((name) => [name, pragmas[name]])));
}

/** Whether a test file may have a docblock; most have none, and need no parser. */
export function mayHaveDocblock(source: string): boolean {
  return /^\s*\/\*\*/.test(source);
}

/**
 * What a record keeps of a test file's docblock: where there is none, the content hash before it, so that the same
 * content need not be read again.
 * @param pragmas As Jest parsed them.
 * @param source The test file now; null where it cannot be read.
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
 * Whether a docblock is as it was recorded.
 * @param recorded As `recordedPragmas` gave it.
 * @param hash The content hash of the test file now.
 * @param read Reads its pragmas now, as `pragmasValue` gives them; null where there is no such file.
 */
export function pragmasHold(
  recorded: string,
  hash: string | null,
  read: () => string | null,
): boolean {
  const [value = '', before] = recorded.split(' ').reverse();
  return hash !== null && (hash === before || read() === value);
}
