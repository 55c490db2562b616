import type { Hashable, HashableDeclaration } from '../syntax/hash';
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
  /** The nearest function's name, or empty. */
  name: string;
  /** Offsets in the parsed text. */
  start: number;
  end: number;
  syntax: string;
  hoisted: Set<string>;
  mentions: Set<string>;
  site: ProbeSite;
  /** True where it may run before the module's first statement: functions of ES modules hoist (ECMAScript 16.2.1.6.4). */
  early: boolean;
}

/** A program taken apart. */
export interface BlockTree {
  /** Parents before children, the module first. */
  nodes: BlockNode[];
  /** Declarations that count for those who refer to them alone. */
  declarations: HashableDeclaration[];
  /** Null where they are not wanted, or the module has none. */
  links: Links | null;
  /** Empty where the program was not instrumented. */
  counters: CounterList;
}

/** What the tree depends on besides the syntax. */
export interface TreeOptions {
  form: Form;
  /** Absolute folder that texts are made independent of. */
  root: string;
  /** Names that Jest's module wrapper binds besides its own: `sandboxInjectedGlobals`. */
  injected?: readonly string[];
  /** Whether the exports of the module are blocks of their own: for those whose importers can be told. */
  isLinked?: boolean;
  /** What was taken out of the program's syntax; null where it is not instrumented. */
  instrumentation?: Instrumentation | null;
}

/** A block with nothing in it yet. Its parent and name are the caller's to set. */
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
