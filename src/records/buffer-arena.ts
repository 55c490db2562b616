/**
 * Memory for many small buffers that are kept for long. A small buffer from `Buffer.from` shares Node's pool: keeping
 * it would also keep the memory of its neighbours, which may no longer be in use.
 */
export class BufferArena {
  #room = Buffer.alloc(0);

  /** Returns a copy of some bytes in the arena. */
  add(bytes: Uint8Array): Buffer {
    if (bytes.length > this.#room.length)
      this.#room = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes.length));
    const kept = this.#room.subarray(0, bytes.length);
    kept.set(bytes);
    this.#room = this.#room.subarray(bytes.length);
    return kept;
  }
}

/** The size of one allocation. */
const SLAB_BYTES = 1 << 16;
