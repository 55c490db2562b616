/** Packs one byte per block into one bit per block, least significant bit first. */
export function packBits(executed: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(executed.length / 8));
  for (let index = 0; index < executed.length; index += 1) {
    if (executed[index] !== 0) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bits;
}

/** Whether a bit is set. */
export function hasBit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

/** Yields the indexes of the bits that are set, ascending. */
export function* setBits(bits: Uint8Array): Generator<number> {
  for (let index = 0; index < bits.length; index += 1) {
    for (let rest = bits[index] ?? 0; rest !== 0; rest &= rest - 1) {
      yield index * 8 + 31 - Math.clz32(rest & -rest);
    }
  }
}
