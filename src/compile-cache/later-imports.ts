import * as vm from 'node:vm';

/**
 * What could have Node import a module or make code of a text, which could import one as well. Matches in strings and
 * comments, too.
 */
const SUSPECT =
  /\bimport(?=\s*(?:\(|\/[*/]))|(?<![.\w$])(?:eval|Function)\b(?!\s*\.\s*prototype\b)|\.\s*(?:eval|Function|constructor)(?=\s*\()|getPrototypeOf\s*\(\s*async/g;

/**
 * Whether code may come to import a module while it runs. Node 20 no longer knows for whom once the code was kept, and
 * the import would fail.
 * @param text A script that compiles.
 */
export function mayImportLater(text: string): boolean {
  // No code has such a sign there, while a string, a comment or a regular expression may have it anywhere.
  const marked = text.replace(SUSPECT, '$&#');
  if (marked === text) return false;
  try {
    new vm.Script(marked);
    return false;
  } catch {
    return true;
  }
}
