import {
  decodeDeclarations,
  EXPORT_NAMES,
  exportOf,
  TEST_NAMES,
  type BlockLocation,
  type DeclarationLocation,
} from '../blocks';

/** A function, a member of a class or an export. */
export interface NamedBlock extends BlockLocation {
  /** The export that the block stands for. Left out for code. */
  export?: string;
}

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

/**
 * Returns what begins or ends on a line and has a name: the functions, members and exports that a change there may be in,
 * though it counts for the block around them. Each name is returned once, in the order of the source.
 * @param places The locations of all blocks, in tree order.
 * @param line Counts from 1.
 */
export function namedOn(places: readonly BlockLocation[], line: number): NamedBlock[] {
  const found = new Map<string, NamedBlock>();
  for (const place of places) {
    const { name } = place;
    if (place.line !== line && place.endLine !== line) continue;
    if (name === '' || name === EXPORT_NAMES || name === TEST_NAMES || found.has(name)) continue;
    found.set(name, asNamed(place));
  }
  return [...found.values()];
}

/**
 * Returns the top-level declarations that a change at a line is in, if it is in no block but the module's.
 * @param places The encoded places of the present file.
 * @param line Counts from 1.
 * @returns Empty if the change may be in other module-level code too.
 */
export function declarationsOn(places: string, line: number): DeclarationLocation[] {
  const found = decodeDeclarations(places).filter(
    (declaration) => declaration.line <= line && line <= declaration.endLine,
  );
  return found.every(({ isAlone }) => isAlone) ? found : [];
}

/** A location with the export that it stands for, if it stands for one. */
export function asNamed({ name, line, endLine }: BlockLocation): NamedBlock {
  const exported = exportOf(name);
  return { name, line, endLine, ...(exported !== null && { export: exported }) };
}
