import * as zlib from 'node:zlib';

/** Some blocks of one file version: bit i of `bits` is block i (least significant bit first). */
export interface EncodedBlocks {
  version: number;
  bits: Uint8Array;
}

/** What is thrown for bytes that are no encoding. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

/**
 * Encodes executed blocks as `varint id delta, varint byte count, bytes` each, sorted by id.
 * @param blocks By version. Empty ones are left out, and so are empty bytes at the end.
 */
export function encodeBlocks(blocks: ReadonlyMap<number, Uint8Array>): Buffer {
  scratch.reset();
  let last = 0;
  const versions = new Float64Array(blocks.size);
  let count = 0;
  for (const version of blocks.keys()) versions[count++] = version;
  for (const version of versions.sort()) {
    const bits = blocks.get(version) ?? NO_BITS;
    let length = bits.length;
    while (length > 0 && bits[length - 1] === 0) length -= 1;
    if (length === 0) continue;
    scratch.varint(version - last);
    scratch.varint(length);
    scratch.bytes(bits, length);
    last = version;
  }
  return scratch.finish();
}

const NO_BITS = new Uint8Array(0);

/**
 * Decodes executed blocks, sorted by version.
 * @throws EncodingError for bytes that are no encoding.
 */
export function decodeBlocks(encoded: Uint8Array): EncodedBlocks[] {
  const entries: EncodedBlocks[] = [];
  for (const cursor = new BlocksCursor(encoded); cursor.next();) {
    entries.push({ version: cursor.version, bits: encoded.subarray(cursor.start, cursor.end) });
  }
  return entries;
}

/** Numbers of seven bits per byte, lowest first; a set high bit says that more follow. */
class Varints {
  protected readonly encoded: Uint8Array;
  protected at = 0;

  constructor(encoded: Uint8Array) {
    this.encoded = encoded;
  }

  protected number(): number {
    const first = this.encoded[this.at];
    if (first !== undefined && first < 0x80) {
      this.at += 1;
      return first;
    }
    let value = 0;
    let factor = 1;
    // Six bytes hold 42 bits: more than any id, and exact as a number.
    for (let count = 0; count < 6; count += 1) {
      const byte = this.encoded[this.at];
      if (byte === undefined) break;
      this.at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
    throw new EncodingError('a number in these bytes has no end');
  }
}

/** Walks over encoded blocks without allocating. */
export class BlocksCursor extends Varints {
  version = 0;
  /** Where the version's bits start in the encoding. */
  start = 0;
  end = 0;

  /**
   * Goes to the next version.
   * @returns False at the end.
   * @throws EncodingError for bytes that are no encoding.
   */
  next(): boolean {
    if (this.at >= this.encoded.length) return false;
    const delta = this.number();
    const length = this.number();
    this.start = this.at;
    this.end = this.at += length;
    // Each version occurs once, in ascending order, with at least one block.
    if (delta === 0 || length === 0 || this.end > this.encoded.length) {
      throw new EncodingError('these blocks are not in order');
    }
    this.version += delta;
    return true;
  }
}

/** Walks over encoded ids without allocating. */
export class IdsCursor extends Varints {
  id = 0;

  /**
   * Goes to the next id.
   * @returns False at the end.
   * @throws EncodingError for bytes that are no encoding.
   */
  next(): boolean {
    if (this.at >= this.encoded.length) return false;
    const delta = this.number();
    if (delta === 0) throw new EncodingError('these ids are not in order');
    this.id += delta;
    return true;
  }
}

/** Encodes ids as sorted deltas. */
export function encodeIds(ids: ReadonlySet<number>): Buffer {
  scratch.reset();
  let last = 0;
  const sorted = new Float64Array(ids.size);
  let count = 0;
  for (const id of ids) sorted[count++] = id;
  for (const id of sorted.sort()) {
    scratch.varint(id - last);
    last = id;
  }
  return scratch.finish();
}

/**
 * Decodes ids, sorted.
 * @throws EncodingError for bytes that are no encoding.
 */
export function decodeIds(encoded: Uint8Array): number[] {
  const ids: number[] = [];
  for (const cursor = new IdsCursor(encoded); cursor.next();) ids.push(cursor.id);
  return ids;
}

/**
 * Appends a checksum. SQLite does not notice when a bit of a value flips, and a lost bit of executed code would
 * leave a test out.
 * @param owner What the value belongs to: a value that got to another owner breaks its seal too.
 */
export function seal(payload: Uint8Array, owner: string): Buffer {
  const sealed = Buffer.allocUnsafe(payload.length + SEAL_BYTES);
  sealed.set(payload);
  sealed.writeUInt32LE(checksum(payload, payload.length, owner), payload.length);
  return sealed;
}

/** The payload of a sealed value; null where it is none, was changed, or belongs to another owner. */
export function unseal(sealed: unknown, owner: string): Buffer | null {
  if (!Buffer.isBuffer(sealed) || sealed.length < SEAL_BYTES) return null;
  const length = sealed.length - SEAL_BYTES;
  if (sealed.readUInt32LE(length) !== checksum(sealed, length, owner)) return null;
  return sealed.subarray(0, length);
}

const SEAL_BYTES = 4;

/** FNV-1a, over the owner's code units and then the bytes. */
function checksum(bytes: Uint8Array, length: number, owner: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < owner.length; at += 1) hash = Math.imul(hash ^ owner.charCodeAt(at), PRIME);
  for (let at = 0; at < length; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), PRIME);
  return hash >>> 0;
}

const PRIME = 0x01000193;

/** Hashes are kept as bytes where they are the hex of SHA-1 or SHA-256, as git's are; as text otherwise. */
export function packHash(hash: string): Buffer | string {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash) ? Buffer.from(hash, 'hex') : hash;
}

/** The hash that `packHash` packed; null for anything else. */
export function unpackHash(packed: unknown): string | null {
  if (typeof packed === 'string') return packed;
  return Buffer.isBuffer(packed) ? packed.toString('hex') : null;
}

/** For short texts, of which there are many: most of the time goes into memory that is set up for each. */
const QUICK = { level: 1, memLevel: 4, windowBits: 12 };

/** Compresses text that is rarely read. */
export function packText(text: string): Buffer {
  return zlib.deflateRawSync(text, QUICK);
}

/** The text that `packText` packed; empty for anything else. The limit is for data made to burst. */
export function unpackText(packed: unknown): string {
  if (!Buffer.isBuffer(packed)) return '';
  try {
    return zlib.inflateRawSync(packed, { maxOutputLength: 1 << 24 }).toString();
  } catch {
    return '';
  }
}

/** Bytes that grow as they are written. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(512);
  #length = 0;

  /** A number, as `Varints` reads it. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** The first `length` of some bytes. */
  bytes(source: Uint8Array, length = source.length, from = 0): void {
    this.#reserve(length);
    const bytes = this.#bytes;
    const at = this.#length;
    // Mostly a few bytes: a loop is faster than a call into native code.
    for (let index = 0; index < length; index += 1) bytes[at + index] = source[from + index] ?? 0;
    this.#length = at + length;
  }

  /** Those of many equally long items whose bit is set. */
  chosen(items: Uint8Array, size: number, bits: Uint8Array): void {
    this.#reserve(items.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < bits.length; index += 1) {
      for (let rest = bits[index] ?? 0; rest !== 0; rest &= rest - 1) {
        const from = (index * 8 + 31 - Math.clz32(rest & -rest)) * size;
        for (let byte = from; byte < from + size; byte += 1) bytes[at++] = items[byte] ?? 0;
      }
    }
    this.#length = at;
  }

  /** Text with its length before it, so that no two sequences of texts look alike. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.#reserve(length);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** What was written; valid until the next write. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  finish(): Buffer {
    return Buffer.from(this.view());
  }

  /** Starts over. */
  reset(): void {
    this.#length = 0;
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + length));
    grown.set(this.view());
    this.#bytes = grown;
  }
}

/** One for all encodings, which follow each other. */
const scratch = new ByteWriter();
