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

/** By module: the modules that asked for it, and their specifiers. */
export type Importers = ReadonlyMap<string, [from: string, specifiers: Set<string>][]>;

/** A version of a module that was loaded. */
export interface Loaded {
  file: FileProbes;
  links?: Links;
}

/** What is used of a module. */
interface Needs {
  names: Set<string>;
  /** Whether the list of its exports counts. */
  whichThereAre: boolean;
  all: boolean;
}

/**
 * Finds the exports of each module that are in use, and follows `export *` to the modules that define them. A use
 * through `export *` also depends on which exports each module in between has, because a new export may hide the
 * name.
 */
export class UsedNames {
  readonly #modules: ReadonlyMap<string, readonly Loaded[]>;
  /** By module and specifier: the modules that were found. */
  readonly #found = new Map<string, Set<string>>();
  /** By module: the modules that it loads. */
  readonly #loads = new Map<string, Set<string>>();
  /** By module: the number of its import cycle. Null until it is needed. */
  #cycles: Map<string, number> | null = null;
  readonly #needs = new Map<string, Needs>();
  /** By module: the result of `#starred`. */
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

  /** The blocks that stand for the exports in use. A use of all exports also depends on the list of exports. */
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

  /** Adds a use of an export that an ES module re-exports from another one. */
  #addForeign(name: string, [specifier, wanted]: ForeignExport): void {
    for (const target of this.#found.get(key(name, specifier)) ?? NONE)
      this.add(target, wanted === ALL_EXPORTS ? null : new Set([wanted]));
  }

  /** Finds which exports a use of a module needs. @returns False if it may be all of them. */
  #resolve(name: string, use: string, table: ExportTable): boolean {
    const { name: wanted, kind } = readUse(use);
    const isCall = kind === 'call';
    if (wanted === ES_MARKER && table.isMarked) return true;
    // If the imported module was not ES syntax, compilers make its default export from all exports.
    if (wanted === 'default' && !table.isMarked) return false;
    // A function that is called as a method of the exports object may use other exports.
    if (table.names.includes(wanted)) return !isCall || table.callable.includes(wanted);
    // The export may be added later.
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
   * Like `#resolve`, for an ES module, whose exports may come from others. If two modules behind `export *` have the
   * same name, the name is not exported. So all of them count, and their order does not.
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
    // The export may be added later.
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

  /** Whether an export of an ES module does not use the namespace object that it is called on. */
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
   * @param seen Modules that were visited. It grows.
   * @param isAny Whether the name may come from any of them.
   * @returns Null if unknown.
   */
  #ownersOf(name: string, wanted: string, seen: Set<string>, isAny: boolean): string[] | null {
    const owners: string[] = [];
    for (const target of this.#starred(name)) {
      if (seen.has(target)) continue;
      const versions = this.#versions(target);
      // The module counts as a whole, so its code is known to be unchanged, but the names of its exports are unknown.
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

  /** Whether a module on the way may have been only partly loaded when its names were taken, as in an import cycle. */
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

  /** The modules that a module re-exports with `export *`, in order. */
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
   * For a module that fails to load if two modules behind its `export *` have the same name with different values. A
   * use of it depends on which names they have, and on the value of each name that occurs twice.
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

/** The export of another module that an export of an ES module stands for. */
function foreignIn({ from = {} }: ExportTable, name: string): ForeignExport | null {
  return Object.hasOwn(from, name) ? (from[name] ?? null) : null;
}

const NONE: ReadonlySet<string> = new Set();

function key(from: string, specifier: string): string {
  return `${from}\0${specifier}`;
}
