/** Packs one byte per block into one bit per block, least significant bit first. */
export function packBits(executed: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(executed.length / 8));
  for (let index = 0; index < executed.length; index += 1) {
    if (executed[index] !== 0) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bits;
}
