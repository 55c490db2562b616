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
