/** Finds which environment variables a command or a script asks for. In doubt, it asks for all of them. */

/** Matches a word that is probably the name of a variable: `printenv MY_NAME`, `os.environ["MY_NAME"]`. */
export const VARIABLE_NAME = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

const VARIABLE = /\$\{?([A-Za-z_]\w*)/g;

/** How scripts get at variables. */
const ACCESS =
  /\bENVIRON\b|[$%@]ENV\b|\$_(?:ENV|SERVER)\b|(?<!import\s)\benvironb?\b|\b(?:secure_)?get_?env\b|\bENV\b(?=\s*[.[])/gi;

/** A name that is written down behind it. */
const LITERAL = /\s*(?:\.\s*\w+\??\s*)?[[({]\s*(?:(["'])(\w+)\1(?=\s*[\])},])|(\w+)(?=\s*\}))/y;

/** Makes the name of a variable, or lists them. */
const MADE =
  /\$\{!|\$\{\(P|\bprintenv\b[^\n;|&]*[$`]|\beval\b[^\n]*\$|\b(?:declare|typeset|local|export)\s+-\w*[npx]\w*(?=\s*(?:$|[;&|\n)])|\s+\w+=["']?\$)|\bcompgen\b|\benvsubst\b/;

const PRINTED = /\bprintenv\s+([^\n;|&()"'`]*)/g;

/** Whether any variable may be asked for. */
export function asksForAnyVariable(text: string): boolean {
  if (MADE.test(text)) return true;
  for (const { 0: access, index } of text.matchAll(ACCESS)) {
    LITERAL.lastIndex = index + access.length;
    if (!LITERAL.test(text)) return true;
  }
  return false;
}

/**
 * Returns the variables that a text names.
 * @param known Names of variables that there are. These count in upper or lower case.
 */
export function variablesIn(text: string, known: readonly string[]): string[] {
  const words = new Set(text.toLowerCase().match(/\w+/g));
  const names = known.filter((name) => words.has(name.toLowerCase()));
  for (const [, name = ''] of text.matchAll(VARIABLE)) names.push(name);
  for (const { 0: access, index } of text.matchAll(ACCESS)) {
    LITERAL.lastIndex = index + access.length;
    const [, , quoted, bare] = LITERAL.exec(text) ?? [];
    const name = quoted ?? bare;
    if (name !== undefined) names.push(name);
  }
  for (const [, list = ''] of text.matchAll(PRINTED))
    names.push(...list.split(/\s+/).filter((name) => /^\w+$/.test(name)));
  return names;
}
