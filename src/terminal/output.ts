import { randomBytes } from 'node:crypto';
import { coloursFor } from './colours';
import { printable } from './printable';

/**
 * Stands for an escape character in our own colour codes.
 *
 * All output of a command is escaped, so that a name in it cannot control the terminal. The codes of our own colours
 * must stay. They carry this random mark, which no name can contain because it is made anew in each process. The last
 * step replaces the mark by an escape character.
 */
const COLOUR_MARK = secret();

/** Stands for an escape character that was in the text before it was coloured. */
const ESCAPE_IN_TEXT = secret();

function secret(): string {
  return `\uFDD0${randomBytes(12).toString('hex')}\uFDD1`;
}

type Colours = ReturnType<typeof coloursFor>;
type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow';

/** Wraps colour functions so that their codes survive `printLines`. */
export function markedColours(colours: Colours): Record<Style, (text: string) => string> {
  const marked = (style: Style) => (text: string) =>
    // picocolors puts codes around the text, and also into it if the text is coloured already.
    colours[style](text.replaceAll('\u001b', ESCAPE_IN_TEXT))
      .replaceAll('\u001b', COLOUR_MARK)
      .replaceAll(ESCAPE_IN_TEXT, '\u001b');
  return {
    bold: marked('bold'),
    cyan: marked('cyan'),
    dim: marked('dim'),
    green: marked('green'),
    red: marked('red'),
    yellow: marked('yellow'),
  };
}

/** Colours for the output of commands. */
export const colours = markedColours(coloursFor(process.stdout));

/**
 * Escapes a text for one line of a terminal and turns the marked colours into real ones.
 * @param except Characters that are not escaped.
 */
export function asLine(text: string, except = ''): string {
  return text
    .split(COLOUR_MARK)
    .map((part) => printable(part, except))
    .join('\u001b');
}

/**
 * Prints lines on standard output. Line breaks inside of a line are escaped. A carriage return at the end of a line
 * stays, because a patch for a file with CRLF line ends needs it.
 * @param except Characters that are not escaped.
 */
export function printLines(lines: readonly string[], except = ''): void {
  const printed = lines.map((line) =>
    line.endsWith('\r') ? `${asLine(line.slice(0, -1), except)}\r\n` : `${asLine(line, except)}\n`,
  );
  process.stdout.write(printed.join(''));
}

/** Prints sentences on standard error, each on a line of its own. */
export function printNotice(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${asLine(line)}\n`).join(''));
}

/**
 * Prints an answer as JSON on standard output. Control characters are escaped, because the output may be shown on a
 * terminal.
 */
export function printJson(answer: unknown): void {
  process.stdout.write(`${printable(JSON.stringify(answer, null, 2), '\n')}\n`);
}
