import jsTokens from 'js-tokens';

/**
 * A program's text with a space, or a line break, in place of each comment.
 * @returns Null where that cannot be told: a text, a comment or a regular expression seems not to end, as an apostrophe
 * between JSX tags makes it look.
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
 * Where a text in quotes ends that begins at a place, a template with all that is put into it.
 * @returns The place behind it; the end of the code where it does not end.
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

export const QUOTES = '"\'`';

/** More than any call that loads a module has in its parentheses. */
const MAX_TOKENS = 500;

/**
 * The texts in quotes between a parenthesis and the one that closes it, whatever stands around them.
 * @param start Where the parenthesis opens.
 * @returns What the texts say, without quotes and escapes. Templates that something is put into are left out.
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

/**
 * What a text in quotes says.
 * Source: ECMAScript, "SV", https://tc39.es/ecma262/#sec-static-semantics-sv
 */
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
