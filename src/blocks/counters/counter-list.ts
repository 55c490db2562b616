import { createHash } from 'node:crypto';
import type { AnyNode } from 'acorn';
import type { HashableDeclaration } from '../syntax/hash';
import type { Counter, PlacedCounter } from './counter';
import type { Instrumentation } from './remove-counters';

/**
 * When a counter of a declaration without effects is hit:
 * - `certain`: when its module is loaded
 * - `used`: only when something uses the declaration
 * - `maybe`: when its module is loaded, if a condition holds
 */
export type CounterReach = 'certain' | 'used' | 'maybe';

/** What is being written when a counter is found. */
interface Written {
  index: number;
  syntax: string;
  /** Set for the part of a declaration that is outside of its blocks. */
  declaration?: HashableDeclaration;
}

/** Where a counter is found. */
interface Place {
  block: Written;
  reach: CounterReach;
}

/** The counters of one block, or of the part of one declaration that is outside of its blocks. */
export interface CounterGroup {
  /** Index of the block. For a declaration, the index of the module's block. */
  block: number;
  /** Null for the counters of a block. */
  declaration: HashableDeclaration | null;
  counters: PlacedCounter[];
  /**
   * Whether some of the counters may be hit although nothing uses the declaration. Only running the code shows this.
   */
  isUncertain: boolean;
}

/** The counters of a program. They are found while its blocks are written. */
export class CounterList {
  /** Counters that are always hit when the module is loaded. */
  readonly loaded: Counter[] = [];
  readonly groups: CounterGroup[] = [];
  readonly #instrumentation: Instrumentation | null;
  readonly #byOwner = new Map<object | number, CounterGroup>();

  constructor(instrumentation: Instrumentation | null) {
    this.#instrumentation = instrumentation;
  }

  /** Adds the counters before and after a top-level statement that is a declaration without effects. */
  addLoaded(statement: AnyNode): void {
    for (const map of [this.#instrumentation?.before, this.#instrumentation?.after])
      this.loaded.push(...(map?.get(statement) ?? []));
  }

  /**
   * Adds the counters before and after a node. Counters at the end of a list have no node after them, so they belong
   * to the node around the list.
   */
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

/** A block inside a declaration counts as a block. */
function isBlock(written: Written): boolean {
  return 'kind' in written;
}

/**
 * Returns a key that identifies a group of counters, whatever their numbers are. It covers the owner of the group,
 * and the kind and the place of each counter in the owner's syntax.
 * @param owner The fingerprint of the block, or a text that identifies the declaration.
 */
export function groupKey(owner: Buffer | string, counters: readonly PlacedCounter[]): Buffer {
  const hash = createHash('sha1').update(owner);
  for (const { kind, path, at } of counters) hash.update(`;${kind}${path}@${at}`);
  return hash.digest().subarray(0, KEY_BYTES);
}

/** Length of a key, in bytes. */
export const KEY_BYTES = 8;
