import { createHash } from 'node:crypto';
import type { AnyNode } from 'acorn';
import type { HashableDeclaration } from '../syntax/hash';
import type { Counter, PlacedCounter } from './counter';
import type { Instrumentation } from './remove-counters';

/**
 * When a counter of a declaration without effects counts:
 * - `certain`: as its module is loaded;
 * - `used`: only for who uses the declaration;
 * - `maybe`: as its module is loaded, if a condition holds.
 */
export type CounterReach = 'certain' | 'used' | 'maybe';

/** What is being written when a counter is met. */
interface Written {
  index: number;
  syntax: string;
  /** Set for what is written of a declaration outside of its blocks. */
  declaration?: HashableDeclaration;
}

/** Where a counter is met. */
interface Place {
  block: Written;
  reach: CounterReach;
}

/** Counters that stand in one block, or in one declaration outside of its blocks. */
export interface CounterGroup {
  /** Index of the block; of a declaration, the module's. */
  block: number;
  /** Null for those of a block. */
  declaration: HashableDeclaration | null;
  counters: PlacedCounter[];
  /** Whether some count where nobody uses the declaration, and nobody can tell without having run it. */
  isUncertain: boolean;
}

/** The counters of a program, found as its blocks are written. */
export class CounterList {
  /** Those that count whenever the module is loaded. */
  readonly loaded: Counter[] = [];
  readonly groups: CounterGroup[] = [];
  readonly #instrumentation: Instrumentation | null;
  readonly #byOwner = new Map<object | number, CounterGroup>();

  constructor(instrumentation: Instrumentation | null) {
    this.#instrumentation = instrumentation;
  }

  /** The counters before and behind a statement of the module that is a declaration without effects. */
  addLoaded(statement: AnyNode): void {
    for (const map of [this.#instrumentation?.before, this.#instrumentation?.after])
      this.loaded.push(...(map?.get(statement) ?? []));
  }

  /** The counters before and behind a node. Where nothing is behind them, only what is around tells their place. */
  add(node: AnyNode, at: Place): void {
    this.#add(this.#instrumentation?.before.get(node), at);
    this.#add(this.#instrumentation?.after.get(node), at);
  }

  #add(counters: readonly Counter[] | undefined, { block: written, reach }: Place): void {
    if (counters === undefined) return;
    const declaration = isBlock(written) ? null : (written.declaration ?? null);
    if (declaration !== null && reach === 'certain') {
      this.loaded.push(...counters);
      return;
    }
    const owner = declaration ?? written.index;
    let group = this.#byOwner.get(owner);
    if (group === undefined) {
      group = { block: written.index, declaration, counters: [], isUncertain: false };
      this.#byOwner.set(owner, group);
      this.groups.push(group);
    }
    if (declaration !== null && reach === 'maybe') group.isUncertain = true;
    const at = (declaration?.syntax.length ?? 0) + written.syntax.length;
    group.counters.push(...counters.map((counter) => ({ ...counter, at })));
  }
}

/** A block that stands in a declaration counts as a block. */
function isBlock(written: Written): boolean {
  return 'kind' in written;
}

/**
 * What tells a group of counters from others, whatever numbers they have: what it belongs to, and where in its syntax each
 * counter of which kind stands.
 * @param owner The fingerprint of its block, or what tells its declaration from others.
 */
export function groupKey(owner: Buffer | string, counters: readonly PlacedCounter[]): Buffer {
  const hash = createHash('sha1').update(owner);
  for (const { kind, path, at } of counters) hash.update(`;${kind}${path}@${at}`);
  return hash.digest().subarray(0, KEY_BYTES);
}

/** Length of a key. */
export const KEY_BYTES = 8;
