import type { BlockLocation } from '../blocks';

/**
 * Returns the blocks that a change at a line could be in, innermost first and the module last. A block that begins or
 * ends on that line is left out, because the line may also contain code of the block around it.
 * @param places The locations of all blocks, in tree order.
 * @param line Counts from 1.
 * @returns Indices of blocks.
 */
export function blocksAround(places: readonly BlockLocation[], line: number): number[] {
  const around: number[] = [];
  for (const [index, place] of places.entries()) {
    if (index === 0 || (place.line < line && line < place.endLine)) around.push(index);
  }
  // In tree order, parents come before their children.
  return around.reverse();
}
