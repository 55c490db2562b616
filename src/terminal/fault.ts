import { messageOf } from './error-message';

/**
 * Whether an error comes from the operating system, such as a missing file, a full disk or a missing permission. Any
 * other unexpected error is a bug in jest-testmon and must not be reported as one of these.
 */
export function isSystemError(error: unknown): boolean {
  const { syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof syscall === 'string';
}

/**
 * Says that an error is a bug in jest-testmon, and asks the user to report it.
 * @param doing What failed, as the beginning of a sentence: `selecting tests`.
 * @param consequence What happens instead: `everything runs`.
 */
export function describeFault(doing: string, error: unknown, consequence: string): string {
  return `${doing} failed (${messageOf(error)}), so ${consequence}. This is a fault of jest-testmon: please report it, with what the same command prints under DEBUG=testmon:*.`;
}
