/**
 * Parses JSON that an editor may have begun with a byte order mark: the tools that it is written for read it all the same.
 * @throws {SyntaxError} Where it is no JSON.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, ''));
}
