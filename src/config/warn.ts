import { printable } from '../terminal/printable';
import { messageOf } from '../terminal/error-message';

/** Thrown if composing is impossible. The message is a sentence for the user. */
export class CompositionError extends Error {}

/** The sentences that were printed already. Global, because Jest reads a config several times in one process. */
const said = new Set<string>();

/** Prints a sentence on standard error, once per process. */
export function warn(sentence: string): void {
  if (said.has(sentence)) return;
  said.add(sentence);
  process.stderr.write(`${printable(sentence)}\n`);
}

/** Returns the sentence that tells the user why composing failed. */
export function sentenceOf(error: unknown): string {
  const message = messageOf(error);
  if (message.startsWith('testmon: ')) return message;
  const [line = 'unknown error'] = message.split('\n');
  return `testmon: the Jest config could not be composed (${line}), so this run is plain Jest: all tests, no records. Please report it; --no-testmon runs without this message.`;
}
