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
 * Which exports of a module are used where: 0 for all of them, or by name the blocks that use it; 0 stands for the
 * module's own block.
 */
export type UsedExports = 0 | Record<string, number[]>;

/** How a module is linked with others, as far as its text says. */
export interface Links {
  /** Set for an ES module. */
  isEs?: true;
  /** By specifier, what it uses of other modules; of any that is not named, all. See `readUse`. */
  imports: Record<string, UsedExports>;
  /** Blocks in which tests are told to Jest, each with the block that stands for which there are. */
  tests?: [block: number, list: number][];
  /** Set where it may get at modules that it does not require. */
  reachesAny?: true;
  /** Set where each of its exports counts for who uses it. */
  exports?: ExportTable;
}

/** The exports of a module that are blocks of their own. */
export interface ExportTable {
  /**
   * Index of the block that stands for which exports there are; one for each export follows. In an ES module, one for
   * each export follows that stands for no more than that it is there.
   */
  first: number;
  names: string[];
  /** Of these, the ones that can be called as methods of the exports object without a use of the object itself. */
  callable: string[];
  /** Modules whose exports it has as well, where it has none of the name itself: the first one that has it counts. */
  stars?: StarLink[];
  /** Whether the module was compiled from ES syntax, so that its `default` is the one that importers get. */
  isMarked: boolean;
  /** Exports of an ES module that belong to other modules. */
  from?: Record<string, ForeignExport>;
  /** Set where some of the names may not be there when the module was loaded. */
  isUnsure?: true;
}

/** One `export *`. */
export interface StarLink {
  specifier: string;
  /** Whether the module cannot be loaded where two of them have exports of one name. */
  isStrict?: true;
}

/** Reads how a module is linked with others while its blocks are told apart. */
export class LinkReader {
  readonly topLevel: TopLevel;
  /** Null where the exports object goes somewhere: then exports count as any other code. */
  readonly exports: OwnExports | null;
  /** Those of an ES module; null where they count as any other code. */
  readonly esExports: EsExports | null;
  readonly #uses: ImportUses | null;
  readonly #stars: ReadonlyMap<AnyNode, Star>;
  readonly #isEs: boolean;
  /** By the node of each use, the block that it stands in. */
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
    else this.#uses = isEs ? readEsImports(program, names) : readImports(program, names, stars);
  }

  /** Names of all exports that are blocks of their own. */
  get exportNames(): string[] {
    if (this.esExports !== null) return this.esExports.names;
    if (this.exports === null) return [];
    return [...new Set([...this.topLevel.exported.keys(), ...this.exports.mentioned])];
  }

  /** An identifier or an `import()` of the module was found in a block. */
  found(node: AnyNode, block: number): void {
    if (this.#uses?.at.has(node) === true) this.#blocks.set(node, block);
  }

  /** A member of something was found in a block or a declaration. @param mentions What that refers to; it grows. */
  foundMember(node: AnyNode, mentions: Set<string>): void {
    const name = this.exports?.nameOf(node) ?? null;
    if (name !== null) mentions.add(exportKey(name));
  }

  /**
   * What was found.
   * @param first Index of the first block of an export; see `ExportTable`.
   * @returns Null where links are not wanted, or there are none.
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
    // Who uses all of them at once uses each.
    for (const specifier of specifiers) {
      const used = imports[specifier];
      if (used !== undefined && used !== 0 && used[ALL_EXPORTS]?.includes(0) === true)
        imports[specifier] = 0;
    }
    return imports;
  }
}
