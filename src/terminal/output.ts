import { randomBytes } from 'node:crypto';
import { coloursFor } from './colours';
import { printable } from './printable';

/**
 * Everything that a command prints goes through here, so that no name can command the terminal. Colours that we ask for
 * are marked by what no name can hold, as nobody knows it beforehand; the mark becomes an escape character at the very
 * end.
 */
const MARK = secret();

/** Stands for an escape character that came with the text. */
const HELD = secret();

function secret(): string {
  return `\uFDD0${randomBytes(12).toString('hex')}\uFDD1`;
}

type Colours = ReturnType<typeof coloursFor>;
type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow';

/** Colours for texts that `printLines` prints. */
export function markedColours(colours: Colours): Record<Style, (text: string) => string> {
  const marked = (style: Style) => (text: string) =>
    // picocolors puts its codes around the text and, where it was coloured before, into it.
    colours[style](text.replaceAll('\u001b', HELD))
      .replaceAll('\u001b', MARK)
      .replaceAll(HELD, '\u001b');
  return {
    bold: marked('bold'),
    cyan: marked('cyan'),
    dim: marked('dim'),
    green: marked('green'),
    red: marked('red'),
    yellow: marked('yellow'),
  };
}

/** Colours for answers. */
export const colours = markedColours(coloursFor(process.stdout));

/** A line for a terminal: what it must not obey is shown, and what we marked are colours. */
export function asLine(text: string, except = ''): string {
  return text
    .split(MARK)
    .map((part) => printable(part, except))
    .join('\u001b');
}

/**
 * Prints lines on standard output; one that holds a line break stays one line. A carriage return at the very end stays,
 * as a patch for a file with such line ends needs it.
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

/** Prints an answer for programs: as a terminal may show it all the same, nothing in it is obeyed. */
export function printJson(answer: unknown): void {
  process.stdout.write(`${printable(JSON.stringify(answer, null, 2), '\n')}\n`);
}
