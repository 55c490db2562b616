import type { AnyNode } from 'acorn';
import type { EsExports } from './es-exports';
import type { OwnExports } from './exports';
import type { Form } from '../syntax/parse';
import type { OuterNames } from '../syntax/scopes';

/** A top-level declaration that only code with a reference to its name can notice. */
export interface FreeDeclaration {
  name: string;
  /** The nodes that are written for it, in order: a function, a class, or a `var`, `let` or `const` of one name. */
  content: readonly AnyNode[];
  /** Between which effects of the module it is evaluated. Empty for functions, which hoist above all effects. */
  position: string;
  /** Whether it is in an `export` statement, and the module's own block covers the names of the exports. */
  isExported: boolean;
  /** The names of other declarations that it is made of, in addition to those that its content refers to. */
  madeOf?: readonly string[];
  /** Set for the getter of an export, which a compiler wrote: no line of the source is its own. */
  isGetter?: boolean;
}

/** The top-level statements of a module, by what they do. */
export interface TopLevel {
  /**
   * By statement: its declarations. A statement that is missing here may have an effect. An empty list means that the
   * statement does nothing, or belongs to an earlier one.
   */
  free: ReadonlyMap<AnyNode, readonly FreeDeclaration[]>;
  /** Functions that are called where they are defined. Their bodies run with the declaration around them. */
  inline: ReadonlySet<AnyNode>;
  /**
   * The exports among the declarations, with their values. They are in the order in which the module first defines
   * them.
   */
  exported: ReadonlyMap<string, readonly AnyNode[]>;
  /** Exports that can be called as methods of the exports object without using the object itself. */
  callable: readonly string[];
}

/** What the analysis needs besides the program. */
export interface TopLevelOptions {
  form: Form;
  code: string;
  names: OuterNames;
  /** Names that Jest's configuration adds to its module wrapper. */
  injected: readonly string[];
  /** How a CommonJS module uses its exports. Null if they count like any other code. */
  exports: OwnExports | null;
  /** The exports of an ES module. Null if they count like any other code. */
  esExports: EsExports | null;
}
