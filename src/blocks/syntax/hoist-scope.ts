import type { AnyNode, Program } from 'acorn';

/**
 * What `var` hoists to: a function, the module, or a static block (VarDeclaredNames, ECMAScript 8.2.6). It collects
 * the names that hoist out of blocks below it.
 */
export class HoistScope {
  /** The list of statements to whose top names hoist. */
  readonly body: AnyNode;
  /** Names and other effects that reach the scope, even if their code does not run. */
  readonly hoisted: Set<string>;
  /** Names of functions that are declared in blocks below it. */
  readonly #blockFunctions = new Set<string>();
  /** Names bound by `let`, `const`, `class` and `catch` in the scope and below. */
  readonly #lexical = new Set<string>();

  /** @param hoisted The set that collects the names. Default: a new set. */
  constructor(body: AnyNode, hoisted = new Set<string>()) {
    this.body = body;
    this.hoisted = hoisted;
  }

  /** Adds names that reach the function: `var` (ECMAScript 14.3.2), and functions in sloppy blocks (B.3.2). */
  hoist(names: readonly string[]): void {
    for (const name of names) this.hoisted.add(name);
  }

  /** Adds names that stay in the block that binds them. */
  bind(names: readonly string[]): void {
    for (const name of names) this.#lexical.add(name);
  }

  /** Notes a function declaration. If it is inside a block, it hoists too. */
  noteFunction(name: string, parent: AnyNode): void {
    const isExport = parent.type.startsWith('Export');
    if (!isExport && parent !== this.body) this.#blockFunctions.add(name);
  }

  /**
   * Whether a function in a block has the same name as a lexical binding. Such a function hoists unless the binding
   * is around it (ECMAScript B.3.2.1), even if none of this code runs.
   */
  get hasAmbiguousFunction(): boolean {
    for (const name of this.#blockFunctions) if (this.#lexical.has(name)) return true;
    return false;
  }
}

/**
 * Functions that an import cycle can call before the first statement of their ES module: the top-level function
 * declarations.
 */
export function earlyFunctions({ body }: Program): Set<AnyNode> {
  const early = new Set<AnyNode>();
  for (const statement of body) {
    const declared = 'declaration' in statement ? statement.declaration : statement;
    if (declared?.type === 'FunctionDeclaration') early.add(declared);
  }
  return early;
}
