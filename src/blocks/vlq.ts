/** Base64 VLQ, the numbers of source map mappings: ECMA-426 clause 6. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const DIGITS = new Int8Array(128).fill(-1);
for (let digit = 0; digit < ALPHABET.length; digit += 1) DIGITS[ALPHABET.charCodeAt(digit)] = digit;

/** Reads numbers one after the other. */
export class VlqReader {
  readonly #text: string;
  /** Offset of the next character. */
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next number. A character that is no digit counts as zero, and is passed over. */
  next(): number {
    let value = 0;
    let shift = 0;
    for (;;) {
      const digit = DIGITS[this.#text.charCodeAt(this.at)] ?? -1;
      this.at += 1;
      if (digit < 0) break;
      value += (digit & 31) * 2 ** shift;
      shift += 5;
      if (digit < 32) break;
    }
    const magnitude = Math.floor(value / 2);
    return value % 2 === 1 ? -magnitude : magnitude;
  }
}

/** Writes one number. */
export function encodeVlq(number: number): string {
  const rest = number < 0 ? -number * 2 + 1 : number * 2;
  return SHORT[rest] ?? encode(rest);
}

function encode(number: number): string {
  let rest = number;
  let text = '';
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += ALPHABET.charAt(rest > 0 ? digit + 32 : digit);
  } while (rest > 0);
  return text;
}

/** Most numbers in a map are small, and there are many. */
const SHORT = Array.from({ length: 1024 }, (_, number) => encode(number));
