import { declarationHashes, type HashableDeclaration } from '../syntax/hash';
import type { BlockTree } from '../tree/block-node';
import type { Block } from '../tree/read';
import type { Counter } from './counter';
import { groupKey } from './counter-list';
import type { Instrumentation } from './remove-counters';

/** The counters of one version of a file, as in its metadata. Counters are written as texts such as `s3 f1 b2.0`. */
export interface CounterTable {
  /** Hash of the file's coverage data, as istanbul writes it. */
  hash: string;
  /** Counters that are always hit when the module is loaded. */
  loaded: string;
  groups: readonly CounterGroupRow[];
}

/**
 * - the index of the block, or 0
 * - the key of the group, in base64
 * - its counters
 * - its kind: it belongs to a block, to a declaration, or to a declaration whose hits are known only by running it
 */
export type CounterGroupRow = readonly [
  block: number,
  key: string,
  counters: string,
  kind: GroupKind,
];

export const GROUP_KINDS = { block: 0, declaration: 1, uncertain: 2 } as const;
export type GroupKind = (typeof GROUP_KINDS)[keyof typeof GROUP_KINDS];

/**
 * Returns the table of the counters that were found in a tree.
 * @returns Null if some counters were not found, because it is unknown when those are hit.
 */
export function counterTable(
  { counters, declarations }: BlockTree,
  blocks: readonly Block[],
  { hash, total }: Instrumentation,
): CounterTable | null {
  const found = [counters.loaded, ...counters.groups.map((group) => group.counters)].flat();
  if (new Set(found.map(encodeCounter)).size !== total) return null;
  const hashes = declarationHashes(declarations);
  const groups = counters.groups.map(({ block, declaration, counters: own, isUncertain }) => {
    const owner =
      declaration === null
        ? (blocks[block]?.fingerprint ?? '')
        : `${declaration.name}=${hashes.get(declaration.name)}`;
    const kind = declaration === null ? 'block' : isUncertain ? 'uncertain' : 'declaration';
    const key = groupKey(owner, own).toString('base64');
    return [block, key, encodeCounters(own), GROUP_KINDS[kind]] as const;
  });
  const evaluated = groupKey(evaluations(declarations, hashes), []).toString('base64');
  return {
    hash,
    loaded: encodeCounters(counters.loaded),
    groups: [...groups, [0, evaluated, '', GROUP_KINDS.uncertain]],
  };
}

/**
 * Finds the declarations that may run functions of the module while it is loaded, even if nothing uses the
 * declarations. Example: `const year = parser('year')` decides which branches of `parser` are hit. One group without
 * counters stands for all of them. When one of them changes, recorded hits are no longer used.
 */
function evaluations(
  declarations: readonly HashableDeclaration[],
  hashes: ReadonlyMap<string, string>,
): string {
  const running = declarations.filter(({ name: own, syntax, mentions }) => {
    const usesOthers = [...mentions].some((name) => name !== own && hashes.has(name));
    return CALL.test(syntax) && (usesOthers || FUNCTION.test(syntax));
  });
  return running
    .map(({ name }) => `${name}=${hashes.get(name)};`)
    .sort()
    .join('');
}

/**
 * Searched in the syntax of a declaration. This syntax contains the body of a function only if the body runs with the
 * declaration.
 */
const CALL = /\((?:Call|New|TaggedTemplate|Import)Expression/;
const FUNCTION = /\((?:Arrow)?Function(?:Expression|Declaration)/;

function encodeCounters(counters: readonly Counter[]): string {
  return counters.map(encodeCounter).join(' ');
}

function encodeCounter({ kind, id, path }: Counter): string {
  return `${kind}${id}${kind === 'b' ? `.${path}` : ''}`;
}

/** Reads the counters in a table. Anything else in the text is ignored. */
export function decodeCounters(text: string): Counter[] {
  return Array.from(text.matchAll(/([sfb])(\d+)(?:\.(\d+))?/g), ([, kind, id, path = '0']) => ({
    kind: kind as Counter['kind'],
    id: Number(id),
    path: Number(path),
  }));
}

/** The counter table in the additional data of the metadata. Null if there is none. */
export function counterTableOf(extras: unknown): CounterTable | null {
  const table = (extras as { counters?: CounterTable } | undefined)?.counters;
  return typeof table?.hash === 'string' && Array.isArray(table.groups) ? table : null;
}
