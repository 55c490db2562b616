/**
 * Characters that control a terminal, or that hide or reorder other characters: both sets of control characters,
 * Unicode format characters (bidirectional controls, zero width), line separators, and unpaired surrogates. Names of
 * files and tests may contain any of them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Escapes unprintable characters, so that a text fits on one line of a terminal: `\u001b`, and `\n` for a line break.
 * @param except Characters that are not escaped.
 */
export function printable(text: string, except = ''): string {
  return text.replace(UNPRINTABLE, (character) =>
    except.includes(character) ? character : escaped(character),
  );
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  return character.split('').map(inHex).join('');
}

/** Uses the notation of JSON and JavaScript, so that a name can be copied into either. */
function inHex(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
