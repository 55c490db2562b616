import { decode } from '@jridgewell/sourcemap-codec';
import { ENGINE_BREAK, lastAtMost, lineStarts, MAP_BREAK } from '../syntax/lines';
import type { SourceMap } from './source-map';

/** Where a block stands, for messages. */
export interface BlockLocation {
  /** First line, from 1; 0 where unknown. */
  line: number;
  endLine: number;
  /** The nearest function's name, or empty. */
  name: string;
}

const NAME_LENGTH = 40;

/** Writes places as `line:endLine:name`, with commas between them. */
export function encodeLocations(places: readonly BlockLocation[]): string {
  return places.map(({ line, endLine, name }) => `${line}:${endLine}:${cleanName(name)}`).join(',');
}

/** Reads what `encodePlaces` wrote. What is not a number counts as unknown. */
export function decodeLocations(places: string): BlockLocation[] {
  if (places === '') return [];
  return places.split(',').map((place) => {
    const [line = '', endLine = '', name = ''] = place.split(':');
    return { line: Number(line) || 0, endLine: Number(endLine) || 0, name };
  });
}

function cleanName(name: string): string {
  return name.replace(/[^\w$.#]/g, '').slice(0, NAME_LENGTH);
}

/**
 * Tells the lines that offsets stand on.
 * @param map From the text to its source; without one, lines are those of the text.
 * @returns Lines count from 1; 0 where the map does not say.
 */
export function lineFinder(code: string, map: SourceMap | null): (offset: number) => number {
  const starts = lineStarts(code, map === null ? ENGINE_BREAK : MAP_BREAK);
  const place = (offset: number): [line: number, column: number] => {
    const line = lastAtMost(starts, offset);
    return [line, offset - (starts[line] ?? 0)];
  };
  if (map === null) return (offset) => place(offset)[0] + 1;
  // For messages only, so maps made of others, which no transformer is known to give, go without.
  if (typeof map.mappings !== 'string') return () => 0;
  const lines = originalLines(map.mappings);
  return (offset) => {
    const [line, column] = place(offset);
    const found = lines[line];
    if (found === undefined) return 0;
    return found.originals[Math.max(0, lastAtMost(found.columns, column))] ?? 0;
  };
}

/** Per line of the text, the columns that have a source, and its line there (from 1). */
function originalLines(mappings: string): { columns: number[]; originals: number[] }[] {
  return decode(mappings).map((segments) => {
    const mapped = segments.filter((segment) => segment.length > 1);
    return {
      columns: mapped.map(([column]) => column),
      originals: mapped.map(([, , line = 0]) => line + 1),
    };
  });
}
