import type { Hashable } from '../syntax/hash';
import type { OpenDeclaration } from './declaration-list';
import type { Span } from './declared-places';
import type { CounterList } from '../counters/counter-list';
import type { Instrumentation } from '../counters/remove-counters';
import type { Links } from '../declarations/links';
import type { Form } from '../syntax/parse';
import type { BlockKind, ProbeSite } from './sites';

/** A block before its fingerprint is known. */
export interface BlockNode extends Hashable {
  /** Index in the list of the program's blocks. */
  index: number;
  kind: BlockKind;
  /** The name of the nearest function. Empty if there is none. */
  name: string;
  /** Offsets in the parsed text. */
  start: number;
  end: number;
  syntax: string;
  hoisted: Set<string>;
  mentions: Set<string>;
  site: ProbeSite;
  /**
   * True if the block may run before the module's first statement, because ES modules hoist functions (ECMAScript
   * 16.2.1.6.4).
   */
  early: boolean;
}

/** The blocks of a program and what else was found while they were read. */
export interface BlockTree {
  /** Parents come before children. The module is the first. */
  nodes: BlockNode[];
  /** Declarations that count only for code that refers to them. */
  declarations: OpenDeclaration[];
  /** The top-level statements that are no such declarations, or that are functions. */
  others: Span[];
  /** Null if they are not wanted, or if the module has none. */
  links: Links | null;
  /** Empty if the program was not instrumented. */
  counters: CounterList;
}

/** What the tree depends on besides the syntax. */
export interface TreeOptions {
  form: Form;
  /** Absolute path of the folder that is replaced in texts, so that fingerprints do not depend on it. */
  root: string;
  /** Additional names that Jest's module wrapper binds: `sandboxInjectedGlobals`. */
  injected?: readonly string[];
  /**
   * Whether the exports of the module are blocks of their own. This is possible if the importers of the module are
   * known.
   */
  isLinked?: boolean;
  /** What was removed from the program's syntax. Null if the program is not instrumented. */
  instrumentation?: Instrumentation | null;
}

/** Creates an empty block. The caller sets its parent and its name. */
export function newBlockNode(
  index: number,
  kind: BlockKind,
  start: number,
  end: number,
  site: ProbeSite,
): BlockNode {
  return {
    index,
    parent: -1,
    kind,
    name: '',
    start,
    end,
    syntax: '',
    hoisted: new Set(),
    mentions: new Set(),
    site,
    early: false,
  };
}
