import * as vm from 'node:vm';

const IMPORT = String.raw`\bimport(?=\s*(?:\(|\/[*/]))`;
const EVALUATES = String.raw`(?<![.\w$])(?:eval|Function)\b(?!\s*\.\s*prototype\b)|\.\s*(?:eval|Function|constructor)(?=\s*\()|getPrototypeOf\s*\(\s*async`;

/**
 * What could have Node import a module or make code of a text, which could import one as well. Matches in strings and
 * comments, too.
 */
const SUSPECT = new RegExp(`${IMPORT}|${EVALUATES}`, 'g');

/** The first of both. */
const SUSPECTED_IMPORT = new RegExp(IMPORT, 'g');

/**
 * Whether code may come to import a module while it runs. Node 20 no longer knows for whom once the code was kept, and
 * the import would fail.
 * @param text A script that compiles.
 */
export function mayImportLater(text: string): boolean {
  return hasOutsideOfText(text, SUSPECT);
}

/** Whether `import()` stands in code, which may still make other code of a text. */
export function importsLater(text: string): boolean {
  return hasOutsideOfText(text, SUSPECTED_IMPORT);
}

/** Whether something stands in code, and not in a string, a comment or a regular expression. */
function hasOutsideOfText(text: string, what: RegExp): boolean {
  // No code has such a sign there, while the others may have it anywhere.
  const marked = text.replace(what, '$&#');
  if (marked === text) return false;
  try {
    new vm.Script(marked);
    return false;
  } catch {
    // The sign broke the syntax, so it stands in code.
    return true;
  }
}
