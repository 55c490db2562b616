import type { AnyNode, Program } from 'acorn';

/**
 * What `var` hoists to: a function, the module, or a static block (VarDeclaredNames, ECMAScript 8.2.6). It collects the
 * names that reach it from blocks below.
 */
export class HoistScope {
  /** The list of statements that names hoist to the top of. */
  readonly body: AnyNode;
  /** Names, and other effects, that reach the scope whether or not the code that has them runs. */
  readonly hoisted: Set<string>;
  /** Names of functions declared in blocks below it. */
  readonly #blockFunctions = new Set<string>();
  /** Names bound by `let`, `const`, `class` and `catch` in it and below. */
  readonly #lexical = new Set<string>();

  /** @param hoisted The set to collect in. Default: one of its own. */
  constructor(body: AnyNode, hoisted = new Set<string>()) {
    this.body = body;
    this.hoisted = hoisted;
  }

  /** Names that reach the function around: `var` (ECMAScript 14.3.2), functions in sloppy blocks (B.3.2). */
  hoist(names: readonly string[]): void {
    for (const name of names) this.hoisted.add(name);
  }

  /** Names that stay in the block that binds them. */
  bind(names: readonly string[]): void {
    for (const name of names) this.#lexical.add(name);
  }

  /** A function declaration whose parent is a block hoists too, unless it is at the top of the scope. */
  noteFunction(name: string, parent: AnyNode): void {
    const isExport = parent.type.startsWith('Export');
    if (!isExport && parent !== this.body) this.#blockFunctions.add(name);
  }

  /**
   * Whether a function in a block has the name of a lexical binding. Such a function hoists unless the binding is around
   * it (ECMAScript B.3.2.1), whether or not any of it runs.
   */
  get hasAmbiguousFunction(): boolean {
    for (const name of this.#blockFunctions) if (this.#lexical.has(name)) return true;
    return false;
  }
}

/** Functions that an import cycle can call before the first statement of their ES module: those declared at its top. */
export function earlyFunctions({ body }: Program): Set<AnyNode> {
  const early = new Set<AnyNode>();
  for (const statement of body) {
    const declared = 'declaration' in statement ? statement.declaration : statement;
    if (declared?.type === 'FunctionDeclaration') early.add(declared);
  }
  return early;
}
