import type { Counter } from '../blocks/counters/counter';
import { KEY_BYTES } from '../blocks/counters/counter-list';
import { decodeCounters, type CounterTable } from '../blocks/counters/counter-table';
import { packBits } from '../records/bits';
import type { FileCoverage } from './file-coverage';

/** Which counters of a version of a file were hit, whatever numbers they have. */
export interface Hits {
  /** For each group that has counters: its key, and how many there are. */
  layout: Buffer;
  /** One bit for each counter, by groups. */
  bits: Uint8Array;
}

/**
 * What a test file hit of one file.
 * @param counted As istanbul counted while the test file ran.
 * @returns Null where the module did not load to its end, so that nobody can tell what else would have counted.
 */
export function readHits(table: CounterTable, counted: FileCoverage): Hits | null {
  const { loaded, grouped } = countersOf(table);
  if (!loaded.every((counter) => isHit(counted, counter))) return null;
  const hits = grouped.map((counter) => (isHit(counted, counter) ? 1 : 0));
  return { layout: layoutOf(table), bits: packBits(Uint8Array.from(hits)) };
}

interface TableCounters {
  loaded: readonly Counter[];
  /** Those of all groups, in order. */
  grouped: readonly Counter[];
}

/** Each test file of a process reads the same tables. */
const decoded = new WeakMap<CounterTable, TableCounters>();

function countersOf(table: CounterTable): TableCounters {
  let counters = decoded.get(table);
  if (counters === undefined) {
    counters = {
      loaded: decodeCounters(table.loaded),
      grouped: table.groups.flatMap(([, , text]) => decodeCounters(text)),
    };
    decoded.set(table, counters);
  }
  return counters;
}

/** The groups of a table, without the numbers of their counters. */
export function layoutOf({ groups }: CounterTable): Buffer {
  return encodeLayout(groups.map(([, key, text]) => ({ key, count: decodeCounters(text).length })));
}

function isHit({ s, f, b }: FileCoverage, { kind, id, path }: Counter): boolean {
  const count = kind === 'b' ? b[id]?.[path] : (kind === 's' ? s : f)[id];
  return (count ?? 0) > 0;
}

/** A group of counters as a layout names it. */
interface LayoutGroup {
  /** In base64. */
  key: string;
  count: number;
}

const COUNT_BYTES = 2;

function encodeLayout(groups: readonly LayoutGroup[]): Buffer {
  return Buffer.concat(
    groups.map(({ key, count }) => {
      const entry = Buffer.alloc(KEY_BYTES + COUNT_BYTES);
      entry.write(key, 'base64');
      entry.writeUInt16LE(Math.min(count, MAX_COUNT), KEY_BYTES);
      return entry;
    }),
  );
}

const MAX_COUNT = 0xffff;

/**
 * The groups of a layout, by their keys: where the bits of each begin, and how many there are.
 * @returns Null for bytes that are no layout.
 */
export function decodeLayout(layout: Buffer): Map<string, { first: number; count: number }> | null {
  const size = KEY_BYTES + COUNT_BYTES;
  if (layout.length % size !== 0) return null;
  const groups = new Map<string, { first: number; count: number }>();
  let first = 0;
  for (let at = 0; at < layout.length; at += size) {
    const count = layout.readUInt16LE(at + KEY_BYTES);
    groups.set(layout.toString('base64', at, at + KEY_BYTES), { first, count });
    first += count;
  }
  return groups;
}
