import type { AnyNode } from 'acorn';
import type { EsExports } from './es-exports';
import type { OwnExports } from './exports';
import type { Form } from '../syntax/parse';
import type { OuterNames } from '../syntax/scopes';

/** A declaration at the top of a module that nobody can notice but who refers to its name. */
export interface FreeDeclaration {
  name: string;
  /** What it is written as, in order: a function, a class, or a `var`, `let` or `const` of one name. */
  content: readonly AnyNode[];
  /** Between which of the module's effects it is evaluated; empty for functions, which hoist above all. */
  position: string;
  /** Whether it stands in an `export`, and the module's own code counts which names do. */
  isExported: boolean;
  /** Others that it is made of, by their names, besides those that its content refers to. */
  madeOf?: readonly string[];
}

/** The statements at the top of a module, told apart. */
export interface TopLevel {
  /** By statement; a statement that is not in it may do something. An empty list stands for a part of an earlier one. */
  free: ReadonlyMap<AnyNode, readonly FreeDeclaration[]>;
  /** Functions that are called where they stand: their bodies run with the declaration that they are in. */
  inline: ReadonlySet<AnyNode>;
  /** The exports among the declarations with their values, in the order in which the module first defines them. */
  exported: ReadonlyMap<string, readonly AnyNode[]>;
  /** Of these, the ones that can be called as methods of the exports object without a use of it. */
  callable: readonly string[];
}

/** What the analysis needs to know besides the program. */
export interface TopLevelOptions {
  form: Form;
  code: string;
  names: OuterNames;
  /** Names that Jest's configuration adds to its module wrapper. */
  injected: readonly string[];
  /** What a CommonJS module does with its exports; null where that counts as any other code. */
  exports: OwnExports | null;
  /** The exports of an ES module; null where they count as any other code. */
  esExports: EsExports | null;
}
