import type { AnyNode, Program } from 'acorn';
import { newBlockNode, type BlockNode } from './block-node';
import type { Links } from '../declarations/links';
import { Registrations, TEST_NAMES } from '../declarations/registrations';
import type { OuterNames } from '../syntax/scopes';

/** Which blocks tell Jest of tests, and of which. */
export class TestLists {
  readonly #registrations: Registrations;
  readonly #lists: { around: BlockNode; keys: readonly string[]; node: BlockNode | null }[] = [];

  /** @param program Null where tests count as any other code. */
  constructor(program: Program | null, names: OuterNames) {
    this.#registrations = new Registrations(program, names);
  }

  /** The titles of a test; undefined for any other statement. */
  keyOf(statement: AnyNode): string | undefined {
    return this.#registrations.keyOf(statement);
  }

  /** The content of a block was found, which may tell of tests. */
  note(container: AnyNode, around: BlockNode): void {
    const keys = this.#registrations.listOf(container);
    if (keys !== undefined) this.#lists.push({ around, keys, node: null });
  }

  /**
   * Makes a block for each one that tells of tests, which stands for which tests there are. No code runs in it: it counts
   * where the block around it ran.
   * @param first Index of the first.
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

  /** Adds them to what is said of a module. */
  addTo(links: Links | null): Links | null {
    if (this.#lists.length === 0) return links;
    const tests = this.#lists.map(({ around, node }): [number, number] => [
      around.index,
      node?.index ?? 0,
    ]);
    return { ...(links ?? { imports: {} }), tests };
  }
}
