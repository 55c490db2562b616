import { shortHash } from './content';

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
