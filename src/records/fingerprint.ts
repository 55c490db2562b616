/** The length of a block's fingerprint. */
export const FINGERPRINT_BYTES = 8;
