import {
  ALL_EXPORTS,
  componentsOf,
  ES_MARKER,
  readUse,
  type ExportTable,
  type ForeignExport,
  type Links,
} from '../../blocks';
import { getOrCreate } from '../../dependencies/get-or-create';
import type { FileProbes } from '../probe-registry';

/** By module, who asked for it and how. */
export type Importers = ReadonlyMap<string, [from: string, specifiers: Set<string>][]>;

/** A version of a module that was loaded. */
export interface Loaded {
  file: FileProbes;
  links?: Links;
}

/** What is used of a module. */
interface Needs {
  names: Set<string>;
  /** Whether it counts which exports there are. */
  whichThereAre: boolean;
  all: boolean;
}

/**
 * The exports of each module that are in use, through `export *` to the modules that have them. Who uses a name through
 * it also depends on which exports each module on the way has: a new one may hide it.
 */
export class UsedNames {
  readonly #modules: ReadonlyMap<string, readonly Loaded[]>;
  /** By module and specifier, what was found. */
  readonly #found = new Map<string, Set<string>>();
  /** By module, which others it loads. */
  readonly #loads = new Map<string, Set<string>>();
  /** By module, a number that all of its import cycle have; null where that was not needed yet. */
  #cycles: Map<string, number> | null = null;
  readonly #needs = new Map<string, Needs>();
  /** By module, what `#starred` found. */
  readonly #stars = new Map<string, string[]>();

  constructor(modules: ReadonlyMap<string, readonly Loaded[]>, importers: Importers) {
    this.#modules = modules;
    for (const [name, froms] of importers)
      for (const [from, specifiers] of froms)
        for (const specifier of specifiers) {
          getOrCreate(this.#found, key(from, specifier), () => new Set()).add(name);
          getOrCreate(this.#loads, from, () => new Set()).add(name);
        }
    for (const name of modules.keys()) if (this.#isStrict(name)) this.#needAllStarred(name);
  }

  /** Adds uses of a module. @param uses Null for all of its exports. */
  add(name: string, uses: ReadonlySet<string> | null): void {
    const needs = this.#needsOf(name);
    if (needs.all) return;
    if (uses === null) return this.#addAll(name, needs);
    for (const use of uses) {
      if (needs.names.has(use)) continue;
      needs.names.add(use);
      for (const { links } of this.#versions(name)) {
        if (links?.exports === undefined) continue;
        const isKnown =
          links.isEs === true
            ? this.#resolveEs(name, use, links.exports)
            : this.#resolve(name, use, links.exports);
        if (!isKnown) return this.#addAll(name, needs);
      }
    }
  }

  /** The blocks that stand for the exports in use. Who uses all also depends on which there are. */
  blocksOf(name: string, table: ExportTable): readonly number[] {
    const { first, names } = table;
    const needs = this.#needsOf(name);
    if (needs.all) return Array.from({ length: names.length + 1 }, (_, index) => first + index);
    const found = needs.whichThereAre ? [first] : [];
    for (const use of needs.names) {
      const { name: wanted, kind } = readUse(use);
      const index = names.indexOf(wanted);
      if (index >= 0) found.push(first + 1 + index + (kind === 'presence' ? names.length : 0));
    }
    return found;
  }

  #needsOf(name: string): Needs {
    return getOrCreate(this.#needs, name, () => ({
      names: new Set(),
      whichThereAre: false,
      all: false,
    }));
  }

  #addAll(name: string, needs: Needs): void {
    needs.all = true;
    for (const target of this.#starred(name)) this.add(target, null);
    for (const { links } of this.#versions(name))
      for (const foreign of Object.values(links?.exports?.from ?? {}))
        this.#addForeign(name, foreign);
  }

  /** Adds a use of an export that an ES module has of another one. */
  #addForeign(name: string, [specifier, wanted]: ForeignExport): void {
    for (const target of this.#found.get(key(name, specifier)) ?? NONE)
      this.add(target, wanted === ALL_EXPORTS ? null : new Set([wanted]));
  }

  /** Finds what a use of a module is of. @returns False where it may be of all exports. */
  #resolve(name: string, use: string, table: ExportTable): boolean {
    const { name: wanted, kind } = readUse(use);
    const isCall = kind === 'call';
    if (wanted === ES_MARKER && table.isMarked) return true;
    // Of a module that was not ES syntax, compilers give all exports as the default one.
    if (wanted === 'default' && !table.isMarked) return false;
    // The value of what is called as a method may use the others.
    if (table.names.includes(wanted)) return !isCall || table.callable.includes(wanted);
    // It may appear tomorrow.
    if (table.stars === undefined || wanted === 'default') return false;
    const seen = new Set<string>([name]);
    const isPartial = this.#mayBePartial(name, new Set());
    const owners = this.#ownersOf(name, wanted, seen, isPartial);
    if (owners === null || owners.length === 0) return false;
    const areAsExpected = owners.every((owner) =>
      this.#versions(owner).every(
        ({ links }) =>
          links?.exports?.isMarked === true &&
          links.exports.isUnsure !== true &&
          (!isCall || links.exports.callable.includes(wanted)),
      ),
    );
    if (!areAsExpected) return false;
    for (const passed of seen)
      if (isPartial || !owners.includes(passed)) this.#needsOf(passed).whichThereAre = true;
    for (const owner of owners) this.#needsOf(owner).names.add(use);
    return true;
  }

  /**
   * The same for an ES module, whose exports may belong to others. A name that two modules behind `export *` have is
   * none, so that all of them count, in whatever order they are.
   */
  #resolveEs(name: string, use: string, table: ExportTable): boolean {
    const { name: wanted, kind } = readUse(use);
    const isCallable = (owner: string): boolean =>
      kind !== 'call' || this.#isCallable(owner, wanted, new Set());
    if (table.names.includes(wanted)) {
      const foreign = foreignIn(table, wanted);
      if (foreign !== null && kind !== 'presence') this.#addForeign(name, foreign);
      return isCallable(name);
    }
    // It may appear tomorrow.
    if (table.stars === undefined || wanted === 'default') return false;
    const seen = new Set<string>([name]);
    const owners = this.#ownersOf(name, wanted, seen, true);
    if (owners === null || owners.length === 0) return false;
    const areEs = [...seen].every((one) => this.#versions(one).every(({ links }) => links?.isEs));
    if (!areEs || !owners.every(isCallable)) return false;
    for (const passed of seen) this.#needsOf(passed).whichThereAre = true;
    for (const owner of owners) this.add(owner, new Set([use]));
    return true;
  }

  /** Whether an export of an ES module makes no use of the namespace object that it is called on. */
  #isCallable(name: string, wanted: string, seen: Set<string>): boolean {
    if (seen.has(name)) return false;
    seen.add(name);
    const versions = this.#versions(name);
    const isOne = ({ links }: Loaded): boolean => {
      if (links?.isEs !== true || links.exports === undefined) return false;
      if (links.exports.callable.includes(wanted)) return true;
      const [specifier, other] = foreignIn(links.exports, wanted) ?? [];
      if (specifier === undefined || other === undefined || other === ALL_EXPORTS) return false;
      const targets = [...(this.#found.get(key(name, specifier)) ?? NONE)];
      return targets.length > 0 && targets.every((one) => this.#isCallable(one, other, seen));
    };
    return versions.length > 0 && versions.every(isOne);
  }

  /**
   * The modules that a name comes from through `export *`: the first one that has it.
   * @param seen Modules that were looked at; it grows.
   * @param isAny Whether it may come from any of them.
   * @returns Null where it is not known.
   */
  #ownersOf(name: string, wanted: string, seen: Set<string>, isAny: boolean): string[] | null {
    const owners: string[] = [];
    for (const target of this.#starred(name)) {
      if (seen.has(target)) continue;
      const versions = this.#versions(target);
      // A module whose exports count as other code is known to be as it was, but not what it has.
      if (versions.length === 0 || versions.some((one) => one.links?.exports === undefined))
        return null;
      seen.add(target);
      if (versions.every((one) => one.links?.exports?.names.includes(wanted) === true))
        owners.push(target);
      else {
        const others = this.#ownersOf(target, wanted, seen, isAny);
        if (others === null) return null;
        owners.push(...others);
      }
      if (owners.length > 0 && !isAny) return owners;
    }
    return owners;
  }

  /** Whether a module on the way may have been loaded by half when its names were taken, as it is in an import cycle. */
  #mayBePartial(name: string, seen: Set<string>): boolean {
    if (seen.has(name)) return false;
    seen.add(name);
    return this.#starred(name).some(
      (target) => this.#areInCycle(name, target) || this.#mayBePartial(target, seen),
    );
  }

  #areInCycle(one: string, other: string): boolean {
    if (this.#cycles === null) {
      const all = [...this.#modules.keys()];
      const components = componentsOf(all, (name) => [...(this.#loads.get(name) ?? NONE)]);
      this.#cycles = new Map();
      for (const [index, component] of components.entries())
        for (const name of component) this.#cycles.set(name, index);
    }
    return this.#cycles.get(one) === this.#cycles.get(other);
  }

  /** What a module exports all of, in order. */
  #starred(name: string): string[] {
    return getOrCreate(this.#stars, name, () =>
      this.#versions(name).flatMap(({ links }) =>
        (links?.exports?.stars ?? []).flatMap(({ specifier }) => [
          ...(this.#found.get(key(name, specifier)) ?? NONE),
        ]),
      ),
    );
  }

  #versions(name: string): readonly Loaded[] {
    return this.#modules.get(name) ?? [];
  }

  #isStrict(name: string): boolean {
    return this.#versions(name).some(
      ({ links }) => links?.exports?.stars?.some((star) => star.isStrict === true) === true,
    );
  }

  /**
   * A module that cannot be loaded where two of those that it exports all of have one name for different values: whoever
   * loads it depends on which names they have, and on what has a name that is there twice.
   */
  #needAllStarred(name: string): void {
    const starred = new Set<string>();
    const collect = (from: string): void => {
      for (const target of this.#starred(from)) {
        if (starred.has(target)) continue;
        starred.add(target);
        collect(target);
      }
    };
    collect(name);
    const owners = new Map<string, string[]>();
    for (const target of starred) {
      this.#needsOf(target).whichThereAre = true;
      const tables = this.#versions(target).map(({ links }) => links?.exports);
      const isKnown = tables.length > 0 && tables.every((table) => table !== undefined);
      if (!isKnown) for (const other of starred) this.add(other, null);
      for (const table of tables)
        for (const own of table?.names ?? []) getOrCreate(owners, own, () => []).push(target);
    }
    for (const [own, targets] of owners)
      if (own !== 'default' && targets.length > 1)
        for (const target of targets) this.add(target, new Set([own]));
  }
}

/** Which export of another module an export of an ES module is. */
function foreignIn({ from = {} }: ExportTable, name: string): ForeignExport | null {
  return Object.hasOwn(from, name) ? (from[name] ?? null) : null;
}

const NONE: ReadonlySet<string> = new Set();

function key(from: string, specifier: string): string {
  return `${from}\0${specifier}`;
}
