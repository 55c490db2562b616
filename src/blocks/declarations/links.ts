import type { AnyNode, Program } from 'acorn';
import { readTopLevel } from './declarations';
import { exportKey, OwnExports } from './exports';
import { readEsExports, type EsExports, type ForeignExport } from './es-exports';
import { readEsImports } from './es-imports';
import { ALL_EXPORTS, readImports, type ImportUses } from './imports';
import { ModuleNames } from './module-names';
import { readStars, type Star } from './stars';
import type { TopLevel, TopLevelOptions } from './top-level';

/**
 * Which blocks use which exports of a module. 0 means that all exports are used. Otherwise it has the blocks that use
 * an export, by its name. Block 0 is the module's own block.
 */
export type UsedExports = 0 | Record<string, number[]>;

/** How a module is linked with others, as far as its text says. */
export interface Links {
  /** Set for an ES module. */
  isEs?: true;
  /**
   * By specifier: what it uses of other modules. It uses everything of a module that is missing here. See `readUse`.
   */
  imports: Record<string, UsedExports>;
  /** Blocks that register tests, each with the block that lists these tests. */
  tests?: [block: number, list: number][];
  /** Set if it may reach modules that it does not require. */
  reachesAny?: true;
  /** Set if each of its exports counts only for code that uses it. */
  exports?: ExportTable;
}

/** The exports of a module that are blocks of their own. */
export interface ExportTable {
  /**
   * Index of the block for the list of exports. One block for each export follows. In an ES module, another block for
   * each export follows, which covers only that the export exists.
   */
  first: number;
  names: string[];
  /** Exports that can be called as methods of the exports object without using the object itself. */
  callable: string[];
  /**
   * Modules whose exports it also has, unless it has an export of the same name itself. If several of them have the
   * name, the first counts.
   */
  stars?: StarLink[];
  /** Whether the module was compiled from ES syntax. Importers then get its own `default`. */
  isMarked: boolean;
  /** Exports of an ES module that belong to other modules. */
  from?: Record<string, ForeignExport>;
  /** Set if some of the names may not exist when the module has been loaded. */
  isUnsure?: true;
}

/** One `export *`. */
export interface StarLink {
  specifier: string;
  /** Set if loading the module fails when two of these modules export the same name. */
  isStrict?: true;
}

/** Finds out how a module is linked with others, while its blocks are built. */
export class LinkReader {
  readonly topLevel: TopLevel;
  /** Null if the exports object is passed on. Exports then count like any other code. */
  readonly exports: OwnExports | null;
  /** The exports of an ES module. Null if they count like any other code. */
  readonly esExports: EsExports | null;
  readonly #uses: ImportUses | null;
  readonly #stars: ReadonlyMap<AnyNode, Star>;
  readonly #isEs: boolean;
  /** By the node of each use: the block that contains it. */
  readonly #blocks = new Map<AnyNode, number>();

  /** @param isLinked Whether the module's links are wanted. */
  constructor(
    program: Program,
    options: Omit<TopLevelOptions, 'exports' | 'esExports'>,
    isLinked: boolean,
  ) {
    const names = isLinked ? new ModuleNames(program, options.names) : null;
    const isEs = options.form === 'module';
    const esExports = names && isEs ? readEsExports(program, options.names, names) : null;
    this.#stars = names && !isEs ? readStars(program, options.code) : new Map();
    let exports =
      names && !isEs ? new OwnExports(program, options.names, names, this.#stars) : null;
    if (exports?.isClosed === false) exports = null;
    let topLevel = readTopLevel(program, { ...options, exports, esExports });
    const { callable } = topLevel;
    if (exports !== null && [...exports.called].some((name) => !callable.includes(name))) {
      exports = null;
      topLevel = readTopLevel(program, { ...options, exports, esExports });
    }
    this.topLevel = topLevel;
    this.exports = exports;
    this.esExports = esExports;
    this.#isEs = isEs;
    const stars = exports === null ? new Map<AnyNode, Star>() : this.#stars;
    if (names === null) this.#uses = null;
    else
      this.#uses = isEs
        ? readEsImports(program, names, esExports !== null)
        : readImports(program, names, stars);
  }

  /** Names of all exports that are blocks of their own. */
  get exportNames(): string[] {
    if (this.esExports !== null) return this.esExports.names;
    if (this.exports === null) return [];
    return [...new Set([...this.topLevel.exported.keys(), ...this.exports.mentioned])];
  }

  /** Notes that an identifier or an `import()` of the module was found in a block. */
  found(node: AnyNode, block: number): void {
    if (this.#uses?.at.has(node) === true) this.#blocks.set(node, block);
  }

  /**
   * Notes a member access that was found in a block or a declaration.
   * @param mentions The names that the block or declaration refers to. A name may be added.
   */
  foundMember(node: AnyNode, mentions: Set<string>): void {
    const name = this.exports?.nameOf(node) ?? null;
    if (name !== null) mentions.add(exportKey(name));
  }

  /**
   * Returns the links that were found.
   * @param first Index of the first block of an export; see `ExportTable`.
   * @returns Null if links are not wanted, or if there are none.
   */
  links(first: number): Links | null {
    if (this.#uses === null) return null;
    const links: Links = { imports: this.#imports(this.#uses) };
    if (this.#isEs) links.isEs = true;
    if (this.#uses.reachesAny) links.reachesAny = true;
    if (this.esExports !== null) links.exports = this.#esTable(this.esExports, first);
    if (this.exports !== null) {
      const { callable } = this.topLevel;
      const { isMarked } = this.exports;
      links.exports = { first, names: this.exportNames, callable: [...callable], isMarked };
      if (!this.exports.isSure) links.exports.isUnsure = true;
      if (this.#stars.size > 0) links.exports.stars = this.#starLinks();
    }
    const isEmpty = this.#uses.specifiers.size === 0 && !this.#uses.reachesAny;
    return isEmpty && links.exports === undefined ? null : links;
  }

  #esTable({ names, all, stars }: EsExports, first: number): ExportTable {
    const { callable } = this.topLevel;
    const table: ExportTable = { first, names, callable: [...callable], isMarked: true };
    const from = [...all].flatMap(([name, one]) => (one.from ? [[name, one.from] as const] : []));
    if (from.length > 0) table.from = Object.fromEntries(from);
    if (stars.length > 0) table.stars = stars.map((specifier) => ({ specifier }));
    return table;
  }

  #starLinks(): StarLink[] {
    return [...this.#stars.values()].map(({ specifier, isStrict }) =>
      isStrict ? { specifier, isStrict } : { specifier },
    );
  }

  #imports({ specifiers, whole, at }: ImportUses): Record<string, UsedExports> {
    const imports = Object.create(null) as Record<string, UsedExports>;
    for (const specifier of specifiers)
      imports[specifier] = whole.has(specifier)
        ? 0
        : (Object.create(null) as Record<string, number[]>);
    for (const [node, uses] of at)
      for (const { specifier, name } of uses) {
        const used = imports[specifier];
        if (used === undefined || used === 0) continue;
        const blocks = (used[name] ??= []);
        const block = this.#blocks.get(node) ?? 0;
        if (!blocks.includes(block)) blocks.push(block);
      }
    // If the module's own block uses all exports, other uses need not be listed.
    for (const specifier of specifiers) {
      const used = imports[specifier];
      if (used !== undefined && used !== 0 && used[ALL_EXPORTS]?.includes(0) === true)
        imports[specifier] = 0;
    }
    return imports;
  }
}
