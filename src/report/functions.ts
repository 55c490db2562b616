import { EXPORT_NAMES, exportOf, TEST_NAMES, type BlockLocation } from '../blocks';

/**
 * A named function of a file including the anonymous ones in it. The first one, named '', is the code outside of
 * functions.
 */
export interface FoundFunction {
  name: string;
  /** Counts from 1. Zero if unknown. */
  line: number;
  endLine: number;
  /** The number of its own lines, at least 1. Lines of functions inside of it do not count. */
  lines: number;
}

/** The functions of a file, and the function of each block. */
export interface FileFunctions {
  functions: FoundFunction[];
  /** Index of the function, by block. */
  ofBlock: number[];
}

/**
 * Finds the functions of a file by the locations of its blocks. Code that a compiler added has no location and
 * belongs to the module.
 * @param places The locations of all blocks, in tree order.
 */
export function functionsOf(places: readonly BlockLocation[]): FileFunctions {
  const end = Math.max(0, ...places.map(({ endLine }) => endLine));
  const functions: FoundFunction[] = [
    { name: '', line: Math.min(1, end), endLine: end, lines: end },
  ];
  const around: number[] = [0];
  const isGetter = getterFinder();
  const ofBlock = places.map((place, block) => {
    const isOwn = block === 0 || place.line <= 0 || isExport(place);
    if (isGetter(place) || isOwn) return 0;
    let index = around.at(-1) ?? 0;
    while (index > 0 && !isWithin(place, functions[index])) {
      around.pop();
      index = around.at(-1) ?? 0;
    }
    const name = readableName(place.name);
    if (name === '' || name === functions[index]?.name) return index;
    const { line, endLine } = place;
    const lines = endLine - line + 1;
    const holder = functions[index];
    if (holder !== undefined) holder.lines -= lines;
    around.push(functions.push({ name, line, endLine, lines }) - 1);
    return functions.length - 1;
  });
  for (const item of functions) item.lines = Math.max(1, item.lines);
  return { functions, ofBlock };
}

function isWithin({ line, endLine }: BlockLocation, outer: FoundFunction | undefined): boolean {
  return outer !== undefined && line >= outer.line && endLine <= outer.endLine;
}

/**
 * Recognizes the getters that SWC creates for exports. They follow its helper `_export`, each on one line and with
 * its own name. They are no functions of the source.
 */
function getterFinder(): (place: BlockLocation) => boolean {
  let exported: Set<string> | null = null;
  return ({ line, endLine, name }) => {
    if (line <= 0) {
      exported = name === '_export' ? new Set() : null;
      return false;
    }
    const isGetter = exported !== null && line === endLine && name !== '' && !exported.has(name);
    if (isGetter) exported?.add(name);
    else exported = null;
    return isGetter;
  };
}

/** An export is a block that belongs to the module, and so is which exports or tests there are. */
function isExport({ name }: BlockLocation): boolean {
  return name === EXPORT_NAMES || name === TEST_NAMES || exportOf(name) !== null;
}

/** `export default` has no name. Compilers to CommonJS give it one. */
function readableName(name: string): string {
  return name === '_default' || name === 'default' ? 'default export' : name;
}
