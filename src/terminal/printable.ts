/**
 * Characters that a terminal obeys, or that hide or reorder others: control characters of both sets, everything that
 * Unicode calls a format character (bidirectional controls, zero width), separators of lines, and halves of surrogate
 * pairs. Names of files and tests may hold any of them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text for one line of a terminal: what could not be seen is written as `\u001b`, and a line break as `\n`.
 * @param except Characters that stay.
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

/** As JSON and JavaScript write it, so that a name can be copied into either. */
function inHex(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
