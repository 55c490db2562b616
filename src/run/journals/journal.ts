import { createHash } from 'node:crypto';
import { decodeFootprint, encodeFootprint, type IdFootprint } from '../../records/footprint';
import { asJournalLine } from './journal-checks';
import type { JournalFootprint, JournalLine } from './journal-lines';
import { swallowed } from '../../terminal/debug';

/**
 * Encodes a footprint for a journal.
 * @param numbered A footprint whose ids are the journal's numbers.
 */
export function asJournalFootprint(numbered: IdFootprint): JournalFootprint {
  const { blocks, dependencies } = encodeFootprint(numbered);
  return { blocks: blocks.toString('base64'), dependencies: dependencies.toString('base64') };
}

/**
 * Decodes a footprint of a journal.
 * @returns Null if the encoding is damaged.
 */
export function fromJournalFootprint(footprint: JournalFootprint): IdFootprint | null {
  try {
    return decodeFootprint({
      blocks: Buffer.from(footprint.blocks, 'base64'),
      dependencies: Buffer.from(footprint.dependencies, 'base64'),
    });
  } catch (error) {
    swallowed('run', error, 'decoding a footprint of a journal; its record is left out');
    return null;
  }
}

/** Encodes one line, with its line break. */
export function encodeLine(line: JournalLine): string {
  const json = JSON.stringify(line);
  return `${Buffer.byteLength(json)} ${checksum(json)} ${json}\n`;
}

/**
 * Decodes a journal in order, and stops at the first line that is incomplete or damaged. A valid line of an unknown
 * shape is skipped.
 * @param chunks The bytes of the journal in parts of any size, so that it need not fit into memory. Each chunk must
 *   keep its content until the next one is requested.
 */
export function* decodeJournal(chunks: Iterable<Buffer>): Generator<JournalLine> {
  for (const line of linesOf(chunks)) {
    const [head, length, sum] = HEAD.exec(line.toString('latin1', 0, MAX_HEAD_BYTES)) ?? [];
    if (head === undefined) return;
    const json = line.subarray(head.length);
    if (json.length !== Number(length) || checksum(json) !== sum) return;
    let value: unknown;
    try {
      value = JSON.parse(json.toString());
    } catch (error) {
      swallowed('run', error, 'parsing a line of a journal; it and what follows are left out');
      return;
    }
    const known = asJournalLine(value);
    if (known !== null) yield known;
  }
}

/** The part of a line before its JSON. */
const HEAD = /^(\d{1,9}) ([0-9a-f]{8}) /;
const MAX_HEAD_BYTES = 19;

/** Yields the lines that end with a line break, without it. */
function* linesOf(chunks: Iterable<Buffer>): Generator<Buffer> {
  let begun: Buffer[] = [];
  for (const chunk of chunks) {
    let at = 0;
    for (let end; (end = chunk.indexOf(NEW_LINE, at)) >= 0; at = end + 1) {
      const part = chunk.subarray(at, end);
      yield begun.length === 0 ? part : Buffer.concat([...begun, part]);
      begun = [];
    }
    // Copied, because the caller may reuse the memory of the chunk.
    if (at < chunk.length) begun.push(Buffer.from(chunk.subarray(at)));
  }
}

const NEW_LINE = 0x0a;

function checksum(json: string | Buffer): string {
  return createHash('sha1').update(json).digest('hex').slice(0, 8);
}
