/** Some blocks of one file version. Bit i of `bits` is block i, least significant bit first. */
export interface EncodedBlocks {
  version: number;
  bits: Uint8Array;
}

/** Thrown for bytes that are not a valid encoding. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

/**
 * Encodes executed blocks. Each entry is `varint id delta, varint byte count, bytes`.
 * @param blocks Sorted by version, without duplicates. Entries without blocks and trailing zero bytes are left out.
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
 * @throws {EncodingError} If the bytes are not a valid encoding.
 */
export function decodeBlocks(encoded: Uint8Array): EncodedBlocks[] {
  const entries: EncodedBlocks[] = [];
  for (const cursor = new BlocksCursor(encoded); cursor.next();) {
    const { version, start, end } = cursor;
    // The fastest way to create a view, and there are thousands.
    const bits = new Uint8Array(encoded.buffer, encoded.byteOffset + start, end - start);
    entries.push({ version, bits });
  }
  return entries;
}

/** Bytes from this value on are followed by another byte of the same number. */
const CONTINUATION_BIT = 0x80;

/** Reads variable-length numbers: seven bits per byte, lowest first. A set high bit means that another byte follows. */
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
    // Six bytes hold 42 bits. That is more than any id needs, and a JavaScript number represents it exactly.
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

/** Iterates over encoded blocks without allocating. */
export class BlocksCursor extends Varints {
  version = 0;
  /** The offset of the version's bits. */
  start = 0;
  end = 0;

  /**
   * Moves to the next version.
   * @returns False at the end.
   * @throws {EncodingError} If the bytes are not a valid encoding.
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
   * Like `next`, but skips all versions whose bits are not longer than a limit. A run moves over millions of
   * versions.
   * @param limits In bytes, by version id. A version with a negative limit or none is not skipped.
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
      // `next` handles the rare cases and the end.
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

/** Iterates over encoded ids without allocating. */
export class IdsCursor extends Varints {
  id = 0;

  /**
   * Moves to the next id.
   * @returns False at the end.
   * @throws {EncodingError} If the bytes are not a valid encoding.
   */
  next(): boolean {
    if (this.at >= this.encoded.length) return false;
    const delta = this.number();
    if (delta === 0) throw new EncodingError('these ids are not in order');
    this.id += delta;
    return true;
  }

  /**
   * Like `next`, but skips all marked ids. A run moves over millions of ids.
   * @param marks By id. 1 means that the id is skipped.
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
 * Encodes ids as differences.
 * @param ids Sorted, without duplicates.
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
 * @throws {EncodingError} If the bytes are not a valid encoding.
 */
export function decodeIds(encoded: Uint8Array): number[] {
  const ids: number[] = [];
  for (const cursor = new IdsCursor(encoded); cursor.next();) ids.push(cursor.id);
  return ids;
}

/**
 * Appends a checksum. SQLite does not detect a flipped bit in a value, and a missing bit of executed code would make
 * selection skip a test.
 * @param owner Identifies the row of the value. A value that was copied to another row is invalid.
 */
export function seal(payload: Uint8Array, owner: string): Buffer {
  const sealed = Buffer.allocUnsafe(payload.length + SEAL_BYTES);
  sealed.set(payload);
  sealed.writeUInt32LE(checksum(payload, payload.length, owner), payload.length);
  return sealed;
}

/**
 * Removes and checks the checksum of `seal`. Returns null if the value is invalid, was changed, or belongs to another
 * owner.
 */
export function unseal(sealed: unknown, owner: string): Buffer | null {
  if (!Buffer.isBuffer(sealed) || sealed.length < SEAL_BYTES) return null;
  const length = sealed.length - SEAL_BYTES;
  if (sealed.readUInt32LE(length) !== checksum(sealed, length, owner)) return null;
  return sealed.subarray(0, length);
}

const SEAL_BYTES = 4;

/** FNV-1a, over the code units of the owner and then the bytes. */
function checksum(bytes: Uint8Array, length: number, owner: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < owner.length; at += 1) hash = Math.imul(hash ^ owner.charCodeAt(at), PRIME);
  for (let at = 0; at < length; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), PRIME);
  return hash >>> 0;
}

const PRIME = 0x01000193;

/** Converts a SHA-1 or SHA-256 in hex to bytes. Any other hash stays text. */
export function packHash(hash: string): Buffer | string {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash) ? Buffer.from(hash, 'hex') : hash;
}

/** Undoes `packHash`. Returns null for any other value. */
export function unpackHash(packed: unknown): string | null {
  if (typeof packed === 'string') return packed;
  return Buffer.isBuffer(packed) ? packed.toString('hex') : null;
}

/** A growing buffer. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(512);
  #view = viewOf(this.#bytes);
  #length = 0;

  /** Writes a number in the form that `Varints` reads. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Writes the first `length` of some bytes. */
  bytes(source: Uint8Array, length = source.length): void {
    this.#reserve(length);
    const bytes = this.#bytes;
    const at = this.#length;
    // Usually a few bytes, for which a loop is faster than a native call.
    for (let index = 0; index < length; index += 1) bytes[at + index] = source[index] ?? 0;
    this.#length = at + length;
  }

  /** Writes a range of some bytes. For a few dozen bytes, copying four at a time takes less than half as long. */
  part(source: DataView, from: number, length: number): void {
    this.#reserve(length);
    const view = this.#view;
    const at = this.#length;
    let done = 0;
    for (; done + 4 <= length; done += 4) view.setUint32(at + done, source.getUint32(from + done));
    for (; done < length; done += 1) view.setUint8(at + done, source.getUint8(from + done));
    this.#length = at + length;
  }

  /** Writes those of many items of eight bytes whose bit is set. */
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

  /** Writes characters of one byte each. */
  latin1(text: string): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    const at = this.#length;
    for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
    this.#length = at + text.length;
  }

  /** Writes a text after its length, so that no two sequences of texts have the same bytes. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.#reserve(length);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** The number of written bytes. */
  get length(): number {
    return this.#length;
  }

  /** Returns the written bytes without copying. Valid until the next write. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Returns a copy of the written bytes. */
  finish(): Buffer {
    return Buffer.from(this.view());
  }

  /** Removes all bytes. */
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

/** Returns a view of the same bytes, for access to several bytes at once. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Shared by all encoding functions, as none of them calls another. */
const scratch = new ByteWriter();
