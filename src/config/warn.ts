import { printable } from '../terminal/printable';
import { messageOf } from '../terminal/error-message';

/** Composing is impossible; the message is a sentence for the user. */
export class CompositionError extends Error {}

/** Of the process: Jest makes our plug points, and so reads a config, several times in it. */
const said = new Set<string>();

/** Says a sentence on stderr, once: Jest reads a config twice. */
export function warn(sentence: string): void {
  if (said.has(sentence)) return;
  said.add(sentence);
  process.stderr.write(`${printable(sentence)}\n`);
}

/** What a person is told of an error that keeps us from composing. */
export function sentenceOf(error: unknown): string {
  const message = messageOf(error);
  if (message.startsWith('testmon: ')) return message;
  const [line = 'unknown error'] = message.split('\n');
  return `testmon: the Jest config could not be composed (${line}), so this run is plain Jest: all tests, no records. Please report it; --no-testmon runs without this message.`;
}
