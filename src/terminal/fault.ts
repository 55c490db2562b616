import { messageOf } from './error-message';

/**
 * Whether an error comes from the operating system: a file that is not there, a full disk, a missing permission.
 * Everything else that is thrown unexpectedly is a fault of ours, and must not be taken for one of these.
 */
export function isSystemError(error: unknown): boolean {
  const { syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof syscall === 'string';
}

/**
 * Says that an error is a fault of jest-testmon, and what to send.
 * @param doing What failed, as a sentence begins: `selecting tests`.
 * @param consequence What happens instead: `everything runs`.
 */
export function describeFault(doing: string, error: unknown, consequence: string): string {
  return `${doing} failed (${messageOf(error)}), so ${consequence}. This is a fault of jest-testmon: please report it, with what the same command prints under DEBUG=testmon:*.`;
}
