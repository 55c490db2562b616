import type { BlockLocation } from '../blocks';

/**
 * The blocks that a change at a line is in, innermost first and the module last. A line on which a block begins or
 * ends also holds code of the block around it, so that one is taken.
 * @param places Of all blocks, in tree order.
 * @returns Indexes.
 */
export function blocksAround(places: readonly BlockLocation[], line: number): number[] {
  const around: number[] = [];
  for (const [index, place] of places.entries()) {
    if (index === 0 || (place.line < line && line < place.endLine)) around.push(index);
  }
  // Tree order has parents first, and what is around one line is nested.
  return around.reverse();
}
