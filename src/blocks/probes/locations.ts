import { decode } from '@jridgewell/sourcemap-codec';
import { declaredPlaces, type Span } from '../tree/declared-places';
import type { BlockTree } from '../tree/block-node';
import type { Block } from '../tree/read';
import { ENGINE_BREAK, lastAtMost, lineStarts, MAP_BREAK } from '../syntax/lines';
import type { SourceMap } from './source-map';

/** Where a block is, for messages. */
export interface BlockLocation {
  /** First line, from 1. 0 if unknown. */
  line: number;
  endLine: number;
  /** The name of the nearest function. Empty if there is none. */
  name: string;
}

const NAME_LENGTH = 40;

/** Writes locations as `line:endLine:name`, separated by commas. */
function encodeLocations(places: readonly BlockLocation[]): string {
  return places.map(({ line, endLine, name }) => `${line}:${endLine}:${cleanName(name)}`).join(',');
}

/** A declaration that is no function and that counts only for code that refers to it. */
export interface DeclarationLocation extends BlockLocation {
  /** Of its own syntax. */
  hash: string;
  /** Indices of the blocks that refer to it, directly or by another declaration. */
  users: number[];
  /** Whether nothing else on its lines counts in another way. */
  isAlone: boolean;
}

/** Between the locations of blocks and those of declarations. */
const SEPARATOR = ';';

/**
 * Returns the locations of blocks and, behind them, of declarations.
 * @param blocks In tree order.
 * @param lineAt Returns the line of an offset; 0 if it is not known.
 */
export function describePlaces(
  tree: BlockTree,
  blocks: readonly Block[],
  lineAt: (offset: number) => number,
): string {
  const linesOf = ({ start, end }: Span) => {
    const line = lineAt(start);
    return { line, endLine: lineAt(Math.max(start, end - 1)) || line };
  };
  const places = encodeLocations(blocks.map((block) => ({ ...linesOf(block), name: block.name })));
  const declared = declaredPlaces(tree, linesOf).map(
    ({ line, endLine, name, hash, isAlone, users }) =>
      `${line}:${endLine}:${cleanName(name)}:${hash}:${isAlone ? 1 : 0}:${users.map((user) => user.toString(36)).join('.')}`,
  );
  return declared.length === 0 ? places : [places, ...declared].join(SEPARATOR);
}

/** Reads the declarations that `describePlaces` wrote. Older records have none. */
export function decodeDeclarations(places: string): DeclarationLocation[] {
  return places
    .split(SEPARATOR)
    .slice(1)
    .map((place) => {
      const [line = '', endLine = '', name = '', hash = '', alone = '', users = ''] =
        place.split(':');
      return {
        ...{ line: Number(line) || 0, endLine: Number(endLine) || 0, name, hash },
        users: users === '' ? [] : users.split('.').map((user) => parseInt(user, 36) || 0),
        isAlone: alone === '1',
      };
    });
}

/** Reads the blocks that `describePlaces` wrote. A line that is not a number becomes 0, for unknown. */
export function decodeLocations(places: string): BlockLocation[] {
  if (places === '') return [];
  const [blocks = ''] = places.split(SEPARATOR, 1);
  return blocks.split(',').map((place) => {
    const [line = '', endLine = '', name = ''] = place.split(':');
    return { line: Number(line) || 0, endLine: Number(endLine) || 0, name };
  });
}

function cleanName(name: string): string {
  return name.replace(/[^\w$.#]/g, '').slice(0, NAME_LENGTH);
}

/**
 * Returns a function that finds the line of an offset.
 * @param map The map from the text to its source. Without a map, lines are those of the text.
 * @returns A function that returns lines from 1, or 0 if the map does not contain the offset.
 */
export function lineFinder(code: string, map: SourceMap | null): (offset: number) => number {
  const starts = lineStarts(code, map === null ? ENGINE_BREAK : MAP_BREAK);
  const place = (offset: number): [line: number, column: number] => {
    const line = lastAtMost(starts, offset);
    return [line, offset - (starts[line] ?? 0)];
  };
  if (map === null) return (offset) => place(offset)[0] + 1;
  // Lines are only for messages, and no known transformer returns a map made of other maps. So such maps give no
  // lines.
  if (typeof map.mappings !== 'string') return () => 0;
  const lines = originalLines(map.mappings);
  return (offset) => {
    const [line, column] = place(offset);
    const found = lines[line];
    if (found === undefined) return 0;
    return found.originals[Math.max(0, lastAtMost(found.columns, column))] ?? 0;
  };
}

/** For each line of the text: the columns that have a source, and their lines there, from 1. */
function originalLines(mappings: string): { columns: number[]; originals: number[] }[] {
  return decode(mappings).map((segments) => {
    const mapped = segments.filter((segment) => segment.length > 1);
    return {
      columns: mapped.map(([column]) => column),
      originals: mapped.map(([, , line = 0]) => line + 1),
    };
  });
}
