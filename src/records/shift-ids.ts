import { ByteWriter, IdsCursor } from './encoding';

/**
 * Adds a number to all ids of encoded ids or blocks. Only the first is written again: each other is a difference to the
 * one before.
 * @throws {EncodingError} If the bytes are not a valid encoding.
 */
export function shiftIds(encoded: Uint8Array, by: number): Buffer {
  const cursor = new IdsCursor(encoded);
  if (!cursor.next()) return Buffer.from(encoded);
  writer.reset();
  writer.varint(cursor.id + by);
  // The last byte of a number has no high bit.
  writer.bytes(encoded.subarray(encoded.findIndex((byte) => byte < 0x80) + 1));
  return writer.finish();
}

/** Shared by all calls, as there are hundreds of thousands. */
const writer = new ByteWriter();
