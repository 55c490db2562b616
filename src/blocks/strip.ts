import { VARIABLE } from './prelude';

/** Stands before every bracket and semicolon that a probe brought along, so that they can be taken out again. */
export const MARK = '/*tm*/';

const PROBE = new RegExp(`/\\*tm\\*/[(){};]|${VARIABLE}(?:\\(\\))?\\[\\d+\\]=1[,;]`, 'g');

/** Without a probe, what looks like our mark is someone's comment. */
const OURS = new RegExp(`${VARIABLE}(?:\\(\\))?\\[\\d+\\]=1`);

/**
 * Takes the probes out of a function's text: what is left is the text before `insertProbes`.
 * @param text What `Function.prototype.toString` gives.
 */
export function stripProbes(text: string): string {
  return OURS.test(text) ? text.replace(PROBE, '') : text;
}
