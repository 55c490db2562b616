import { VARIABLE, VARIABLE_STEM } from './prelude';

/** Stands before every bracket and semicolon that a probe brought along, so that they can be taken out again. */
export const MARK = '/*tm*/';

const PROBE = new RegExp(`/\\*tm\\*/[(){};]|${VARIABLE}(?:\\(\\))?\\[\\d+\\]=1[,;]`, 'g');

/** Without a probe, what looks like our mark is someone's comment. */
const OURS = new RegExp(`${VARIABLE}(?:\\(\\))?\\[\\d+\\]=1`);

const PLACE = new RegExp(`(${VARIABLE_STEM})\\w*(?:\\(\\))?\\[(\\d+)\\]=1`, 'g');

/**
 * The blocks that stand in a function's text, by their probes.
 * @param text What `Function.prototype.toString` gives.
 * @returns For each, how the name of its file's variable begins (see `stemFor`), and its index in the file.
 */
export function blocksIn(text: string): [stem: string, block: number][] {
  return Array.from(text.matchAll(PLACE), ([, stem = '', block]) => [stem, Number(block)]);
}

/**
 * Takes the probes out of a function's text: what is left is the text before `insertProbes`.
 * @param text What `Function.prototype.toString` gives.
 */
export function stripProbes(text: string): string {
  return OURS.test(text) ? text.replace(PROBE, '') : text;
}
