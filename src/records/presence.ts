/**
 * The value of a dependency of the kind `present` answers one of three questions about a path: whether something
 * exists there (`file`, `directory`, `other`), where it leads (`-> ` and a stored path, or what a dead link says), or what its owner may do with
 * it (`file 6`).
 */

/** The prefix of the value that says where a path leads. */
export const LEADS_TO = '-> ';

/** The end of the value of a link that leads to nothing. */
export const TO_NOTHING = ' (nothing)';

/** Matches the end of the value that says what the owner of a file may do with it. */
const PERMITTED = / [0-7](?: link)?$/;

export type PresenceQuestion = 'exists' | 'leads' | 'permits';

/** Returns the question that a value answers. */
export function presenceQuestion(value: string): PresenceQuestion {
  if (value.startsWith(LEADS_TO)) return 'leads';
  return PERMITTED.test(value) ? 'permits' : 'exists';
}
