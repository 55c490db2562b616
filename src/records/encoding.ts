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
 * Encodes executed blocks as `varint id delta, varint byte count, bytes` each.
 * @param blocks In the order of their versions, each once. Empty ones are left out, and so are empty bytes at the end.
 */
export function encodeBlocks(blocks: readonly EncodedBlocks[]): Buffer {
  scratch.reset();
  let last = 0;
  for (const { version, bits } of blocks) {
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

/**
 * Decodes executed blocks, sorted by version.
 * @throws EncodingError for bytes that are no encoding.
 */
export function decodeBlocks(encoded: Uint8Array): EncodedBlocks[] {
  const entries: EncodedBlocks[] = [];
  for (const cursor = new BlocksCursor(encoded); cursor.next();) {
    const { version, start, end } = cursor;
    // There are thousands: this is the fastest way to a view.
    const bits = new Uint8Array(encoded.buffer, encoded.byteOffset + start, end - start);
    entries.push({ version, bits });
  }
  return entries;
}

/** From here on, a byte is not the last of its number. */
const CONTINUATION_BIT = 0x80;

/** Numbers of seven bits per byte, lowest first; a set high bit says that more follow. */
class Varints {
  protected readonly encoded: Uint8Array;
  protected at = 0;

  constructor(encoded: Uint8Array) {
    this.encoded = encoded;
  }

  protected number(): number {
    const first = this.encoded[this.at];
    if (first !== undefined && first < CONTINUATION_BIT) {
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
      if (byte < CONTINUATION_BIT) return value;
      factor *= CONTINUATION_BIT;
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

  /**
   * As `next`, past all versions that have no more bytes than a table says. A run walks over millions.
   * @param limits Bytes, by version; past its end, and where negative, nothing is passed over.
   */
  nextBeyond(limits: Int32Array): boolean {
    const { encoded } = this;
    let { at, version } = this;
    for (;;) {
      const delta = encoded[at] ?? 0;
      const length = encoded[at + 1] ?? 0;
      const end = at + 2 + length;
      const isShort =
        delta !== 0 && delta < CONTINUATION_BIT && length !== 0 && length < CONTINUATION_BIT;
      // All that is rare is left to `next`, the end among it.
      if (!isShort || end > encoded.length || !(length <= (limits[version + delta] ?? -1))) {
        this.at = at;
        this.version = version;
        if (!this.next()) return false;
        ({ at, version } = this);
        if (!(this.end - this.start <= (limits[version] ?? -1))) return true;
      } else {
        version += delta;
        at = end;
      }
    }
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

  /**
   * As `next`, past all ids that a table marks. A run walks over millions.
   * @param marks By id: 1 for those that are passed over.
   */
  nextUnmarked(marks: Uint8Array): boolean {
    const { encoded } = this;
    let { at, id } = this;
    for (;;) {
      const delta = encoded[at] ?? 0;
      if (delta === 0 || delta >= CONTINUATION_BIT || marks[id + delta] !== 1) {
        this.at = at;
        this.id = id;
        if (!this.next()) return false;
        ({ at, id } = this);
        if (marks[id] !== 1) return true;
      } else {
        id += delta;
        at += 1;
      }
    }
  }
}

/**
 * Encodes ids as deltas.
 * @param ids In order, each once.
 */
export function encodeIds(ids: readonly number[]): Buffer {
  scratch.reset();
  let last = 0;
  for (const id of ids) {
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

/** Bytes that grow as they are written. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(512);
  #view = viewOf(this.#bytes);
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
  bytes(source: Uint8Array, length = source.length): void {
    this.#reserve(length);
    const bytes = this.#bytes;
    const at = this.#length;
    // Mostly a few bytes: a loop is faster than a call into native code.
    for (let index = 0; index < length; index += 1) bytes[at + index] = source[index] ?? 0;
    this.#length = at + length;
  }

  /** A part of some bytes, some dozens of them: four at once take less than half as long. */
  part(source: DataView, from: number, length: number): void {
    this.#reserve(length);
    const view = this.#view;
    const at = this.#length;
    let done = 0;
    for (; done + 4 <= length; done += 4) view.setUint32(at + done, source.getUint32(from + done));
    for (; done < length; done += 1) view.setUint8(at + done, source.getUint8(from + done));
    this.#length = at + length;
  }

  /** Those of many items of eight bytes whose bit is set. */
  chosen(items: DataView, bits: Uint8Array): void {
    this.#reserve(items.byteLength);
    const view = this.#view;
    let at = this.#length;
    for (let index = 0; index < bits.length; index += 1) {
      for (let rest = bits[index] ?? 0; rest !== 0; rest &= rest - 1) {
        const from = (index * 8 + 31 - Math.clz32(rest & -rest)) * 8;
        view.setUint32(at, items.getUint32(from));
        view.setUint32(at + 4, items.getUint32(from + 4));
        at += 8;
      }
    }
    this.#length = at;
  }

  /** Characters of a byte each. */
  latin1(text: string): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    const at = this.#length;
    for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
    this.#length = at + text.length;
  }

  /** Text with its length before it, so that no two sequences of texts look alike. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.#reserve(length);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
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
    this.#view = viewOf(grown);
  }
}

/** The same bytes, to be read and written several at once. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** One for all encodings, which follow each other. */
const scratch = new ByteWriter();
