import { VARIABLE, VARIABLE_STEM } from './prelude';

/** Inserted before every bracket and semicolon that belongs to a probe, so that these can be removed again. */
export const MARK = '/*tm*/';

const PROBE = new RegExp(`/\\*tm\\*/[(){};]|${VARIABLE}(?:\\(\\))?\\[\\d+\\]=1[,;]`, 'g');

/** If a text has no probe, text that looks like our mark is a comment of its author. */
const OURS = new RegExp(`${VARIABLE}(?:\\(\\))?\\[\\d+\\]=1`);

const PLACE = new RegExp(`(${VARIABLE_STEM})\\w*(?:\\(\\))?\\[(\\d+)\\]=1`, 'g');

/**
 * Finds the blocks in the text of a function, by their probes.
 * @param text The result of `Function.prototype.toString`.
 * @returns For each block: how the name of its file's variable begins (see `stemFor`), and its index in the file.
 */
export function blocksIn(text: string): [stem: string, block: number][] {
  return Array.from(text.matchAll(PLACE), ([, stem = '', block]) => [stem, Number(block)]);
}

/**
 * Removes the probes from the text of a function. The result is the text before `insertProbes`.
 * @param text The result of `Function.prototype.toString`.
 */
export function stripProbes(text: string): string {
  return OURS.test(text) ? text.replace(PROBE, '') : text;
}
