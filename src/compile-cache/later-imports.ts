import * as vm from 'node:vm';

const IMPORT = String.raw`\bimport(?=\s*(?:\(|\/[*/]))`;
const EVALUATES = String.raw`(?<![.\w$])(?:eval|Function)\b(?!\s*\.\s*prototype\b)|\.\s*(?:eval|Function|constructor)(?=\s*\()|getPrototypeOf\s*\(\s*async`;

/**
 * Matches code that could make Node import a module: `import()`, or `eval` and the like, whose code may contain
 * `import()`. Also matches inside strings and comments.
 */
const IMPORT_OR_EVAL = new RegExp(`${IMPORT}|${EVALUATES}`, 'g');

/** Matches `import()` alone. */
const IMPORT_CALL = new RegExp(IMPORT, 'g');

/**
 * Whether code could import another module while it runs. Under Node 20, `import()` fails in code that comes from
 * cached data, because Node no longer knows which module imports.
 * @param text A script without syntax errors.
 */
export function mayImportLater(text: string): boolean {
  return matchesInCode(text, IMPORT_OR_EVAL);
}

/**
 * Whether code contains an `import()` expression. Unlike `mayImportLater` it does not consider `eval` and the like.
 * @param text A script without syntax errors.
 */
export function importsLater(text: string): boolean {
  return matchesInCode(text, IMPORT_CALL);
}

/** Whether a pattern matches in code, and not only in strings, comments or regular expressions. */
function matchesInCode(text: string, what: RegExp): boolean {
  // A `#` after the match is a syntax error in code, but allowed in strings, comments and regular expressions.
  const marked = text.replace(what, '$&#');
  if (marked === text) return false;
  try {
    new vm.Script(marked);
    return false;
  } catch {
    // The `#` broke the syntax, so at least one match is code.
    return true;
  }
}
