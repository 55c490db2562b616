import jsTokens from 'js-tokens';

/**
 * Replaces each comment in a program by a space or a line break.
 * @returns Null if a string, a comment or a regular expression seems not to end. An apostrophe in JSX text looks like
 *   that.
 */
export function withoutComments(code: string): string | null {
  if (!code.includes('//') && !code.includes('/*')) return code;
  const parts: string[] = [];
  for (const token of jsTokens(code)) {
    if ('closed' in token && !token.closed) return null;
    const isComment = token.type === 'SingleLineComment' || token.type === 'MultiLineComment';
    parts.push(isComment ? (token.value.includes('\n') ? '\n' : ' ') : token.value);
  }
  return parts.join('');
}

/**
 * Returns the offset after a quoted text that begins at an offset. Follows the expressions inside a template.
 * @returns The length of the code if the text does not end.
 */
export function afterQuoted(code: string, start: number): number {
  const quote = code.charAt(start);
  for (let at = start + 1; at < code.length; at += 1) {
    const char = code.charAt(at);
    if (char === quote) return at + 1;
    if (char === '\\') at += 1;
    else if (quote === '`' && char === '$' && code.charAt(at + 1) === '{')
      at = afterBraces(code, at + 2) - 1;
    else if (quote !== '`' && char === '\n') return at;
  }
  return code.length;
}

function afterBraces(code: string, start: number): number {
  let depth = 1;
  for (let at = start; at < code.length; at += 1) {
    const char = code.charAt(at);
    if (QUOTES.includes(char)) at = afterQuoted(code, at) - 1;
    else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return code.length;
}

/** The characters that begin a quoted text. */
export const QUOTES = '"\'`';

/** A call that loads a module has fewer tokens in its parentheses. */
const MAX_TOKENS = 500;

/**
 * Returns the quoted texts between a parenthesis and its closing one, at any depth.
 * @param start The offset of the opening parenthesis.
 * @returns The values of the texts, without quotes and escapes. Templates with expressions are left out.
 */
export function quotedInParentheses(code: string, start: number): string[] {
  const texts: string[] = [];
  let depth = 0;
  let count = 0;
  for (const { type, value } of jsTokens(code.slice(start))) {
    if (type === 'StringLiteral' || type === 'NoSubstitutionTemplate') texts.push(unquoted(value));
    else if (value === '(') depth += 1;
    else if (value === ')') depth -= 1;
    count += 1;
    if (depth === 0 || count > MAX_TOKENS) break;
  }
  return texts;
}

const ESCAPE = /\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|(\r\n|[^]))/gi;

const SHORT_ESCAPES: Record<string, string> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '0': '\0',
};

/** Returns the value of a quoted text. Source: ECMAScript, "SV", https://tc39.es/ecma262/#sec-static-semantics-sv */
export function unquoted(literal: string): string {
  const text = literal.slice(1, -1);
  if (!text.includes('\\')) return text;
  return text.replace(
    ESCAPE,
    (all, inBraces?: string, four?: string, two?: string, char: string = '') => {
      const digits = inBraces ?? four ?? two;
      if (digits === undefined)
        return /[\n\r\u2028\u2029]/.test(char) ? '' : (SHORT_ESCAPES[char] ?? char);
      const point = Number.parseInt(digits, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    },
  );
}
