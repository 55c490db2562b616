import type { AnyNode, Program } from 'acorn';
import { newBlockNode, type BlockNode } from './block-node';
import type { Links } from '../declarations/links';
import { Registrations, TEST_NAMES } from '../declarations/registrations';
import type { OuterNames } from '../syntax/scopes';

/** Finds the blocks that register tests with Jest, and which tests these are. */
export class TestLists {
  readonly #registrations: Registrations;
  readonly #lists: { around: BlockNode; keys: readonly string[]; node: BlockNode | null }[] = [];

  /** @param program Null if tests count like any other code. */
  constructor(program: Program | null, names: OuterNames) {
    this.#registrations = new Registrations(program, names);
  }

  /** The key of a test, made of its titles. Undefined for any other statement. */
  keyOf(statement: AnyNode): string | undefined {
    return this.#registrations.keyOf(statement);
  }

  /** Notes the content of a block, if it registers tests. */
  note(container: AnyNode, around: BlockNode): void {
    const keys = this.#registrations.listOf(container);
    if (keys !== undefined) this.#lists.push({ around, keys, node: null });
  }

  /**
   * Creates a `tests` block for each block that registers tests. It stands for the list of tests. No code runs in it:
   * it counts if the block around it ran.
   * @param first Index of the first new block.
   */
  nodes(first: number): BlockNode[] {
    return this.#lists.map((list, at) => {
      const site = { style: 'none', start: 0, end: 0, afterDirective: false } as const;
      const node = newBlockNode(first + at, 'tests', 0, 0, site);
      node.parent = list.around.index;
      if (list.around.declaration !== undefined) node.declaration = list.around.declaration;
      node.name = TEST_NAMES;
      node.syntax = `tests ${JSON.stringify(list.keys)}`;
      list.node = node;
      return node;
    });
  }

  /** Adds the lists of tests to the links of a module. */
  addTo(links: Links | null): Links | null {
    if (this.#lists.length === 0) return links;
    const tests = this.#lists.map(({ around, node }): [number, number] => [
      around.index,
      node?.index ?? 0,
    ]);
    return { ...(links ?? { imports: {} }), tests };
  }
}
