import { decode, encode } from '@jridgewell/sourcemap-codec';
import type { Shifts } from './insertions';

/** A source map with one list of mappings: ECMA-426 clause 9.2. */
export interface PlainMap {
  version: number;
  mappings: string;
  [field: string]: unknown;
}

/** A source map made of other maps: ECMA-426 clause 10. */
export interface SectionedMap {
  version: number;
  sections: { offset: { line: number; column: number }; map: SourceMap }[];
  [field: string]: unknown;
}

export type SourceMap = PlainMap | SectionedMap;

/**
 * Reads a source map in any form that transformers return.
 * @param given An object, JSON text, or nothing.
 * @returns Null if it is not a usable map.
 */
export function readMap(given: unknown): SourceMap | null {
  let map = given;
  try {
    if (typeof map === 'string') map = JSON.parse(map);
    // For example, a SourceMapGenerator.
    if (hasToJson(map)) map = map.toJSON();
  } catch {
    // It is no source map. A transformer may return anything.
    return null;
  }
  if (typeof map !== 'object' || map === null) return null;
  if ('mappings' in map && typeof map.mappings === 'string') return map as PlainMap;
  if ('sections' in map && Array.isArray(map.sections)) return map as SectionedMap;
  return null;
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toJSON' in value &&
    typeof value.toJSON === 'function'
  );
}

/**
 * Returns the map of a text after insertions. Each mapping moves with its character, so stack traces lead to the same
 * positions as before. Nothing else in the map changes.
 */
export function shiftMap(map: SourceMap, shifts: Shifts): SourceMap {
  return shiftFrom(map, shifts, { line: 0, column: 0, moved: 0 });
}

/** Where the text of a map starts. The columns of mappings on its first line count from there. */
interface Origin {
  line: number;
  column: number;
  /** The column after the insertions. */
  moved: number;
}

function shiftFrom(map: SourceMap, shifts: Shifts, origin: Origin): SourceMap {
  if (!isSectioned(map)) return { ...map, mappings: shiftMappings(map.mappings, shifts, origin) };
  const sections = map.sections.map(({ offset, map: inner }) => {
    const around = offset.line === 0 ? origin : { column: 0, moved: 0 };
    const line = origin.line + offset.line;
    const column = around.column + offset.column;
    const moved = shifts.column(line, column);
    return {
      offset: { line: offset.line, column: moved - around.moved },
      map: shiftFrom(inner, shifts, { line, column, moved }),
    };
  });
  return { ...map, sections };
}

function isSectioned(map: SourceMap): map is SectionedMap {
  return 'sections' in map;
}

/** Changes only the columns in the text. On the first line of a section they count from its origin. */
function shiftMappings(mappings: string, shifts: Shifts, origin: Origin): string {
  const lines = decode(mappings);
  for (const [index, segments] of lines.entries()) {
    const { column, moved } = index === 0 ? origin : { column: 0, moved: 0 };
    for (const segment of segments) {
      segment[0] = shifts.column(origin.line + index, column + segment[0]) - moved;
    }
  }
  return encode(lines);
}
