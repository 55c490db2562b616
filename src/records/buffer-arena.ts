/**
 * Memory for small pieces that are kept for long, side by side. In the memory that Node shares out, each would hold on
 * to what was put beside it and is long unused.
 */
export class BufferArena {
  #room = Buffer.alloc(0);

  /** A copy of some bytes. */
  add(bytes: Uint8Array): Buffer {
    if (bytes.length > this.#room.length)
      this.#room = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes.length));
    const kept = this.#room.subarray(0, bytes.length);
    kept.set(bytes);
    this.#room = this.#room.subarray(bytes.length);
    return kept;
  }
}

/** How much is made at once, in bytes. */
const SLAB_BYTES = 1 << 16;
