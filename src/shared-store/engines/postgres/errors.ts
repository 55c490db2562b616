import { SharedStoreError, type SharedStoreReason } from '../../engine';

/** What PostgreSQL's own codes mean to us, by the code or by its class, which is its first two characters. */
const REASONS: Record<string, SharedStoreReason> = {
  // A wrong password, an unknown user, a host that is not let in.
  28: 'denied',
  // A role without the privilege, and a row that row-level security refuses.
  42501: 'denied',
  // A server that is a copy, or was set to read only.
  25006: 'denied',
  // No such database, schema, table, column, function.
  '3D000': 'unprepared',
  '3F000': 'unprepared',
  '42P01': 'unprepared',
  42703: 'unprepared',
  42883: 'unprepared',
  // A value that a table does not take.
  23: 'refused',
};

/** Missing tables look like this. */
const NOT_INITIALISED = new Set(['3F000', '42P01', '42703', '42883']);

/** What `pg` or the server threw, as one sentence and a reason. */
export function readError(error: unknown): SharedStoreError {
  if (error instanceof SharedStoreError) return error;
  const { code = '', message } = firstOf(error);
  if (NOT_INITIALISED.has(code))
    return new SharedStoreError(
      'unprepared',
      `${message}: "jest-testmon shared init" makes the tables`,
    );
  if (message.startsWith('SASL:'))
    return new SharedStoreError('denied', 'the server asks for a password, or for another one');
  const reason = REASONS[code] ?? REASONS[code.slice(0, 2)] ?? 'unreachable';
  return new SharedStoreError(reason, message);
}

/** Where a host has several addresses, each has failed, and the error of all has no message. */
function firstOf(error: unknown): { code?: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return firstOf(error.errors[0]);
  return error instanceof Error ? error : { message: String(error) };
}
