/**
 * Returns the strongly connected components of a graph. Each comes after all components that it leads to. This is
 * Tarjan's algorithm without recursion, because a chain may be as long as a file.
 * @param nodes All nodes.
 * @param next Returns the nodes that a node leads to.
 */
export function componentsOf<T>(nodes: readonly T[], next: (node: T) => readonly T[]): T[][] {
  const components: T[][] = [];
  const found = new Map<T, { index: number; low: number; isOpen: boolean }>();
  const open: T[] = [];
  for (const root of nodes) {
    if (found.has(root)) continue;
    const path: { node: T; rest: T[] }[] = [];
    const enter = (node: T): void => {
      found.set(node, { index: found.size, low: found.size, isOpen: true });
      open.push(node);
      path.push({ node, rest: [...next(node)] });
    };
    enter(root);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const { node, rest } = step;
      const state = found.get(node) as { index: number; low: number; isOpen: boolean };
      const to = rest.pop();
      if (to !== undefined) {
        const other = found.get(to);
        if (other === undefined) enter(to);
        else if (other.isOpen) state.low = Math.min(state.low, other.index);
        continue;
      }
      path.pop();
      const around = path.at(-1);
      const above = around && found.get(around.node);
      if (above) above.low = Math.min(above.low, state.low);
      if (state.low < state.index) continue;
      const component = open.splice(open.lastIndexOf(node));
      for (const member of component) {
        const closed = found.get(member);
        if (closed) closed.isOpen = false;
      }
      components.push(component);
    }
  }
  return components;
}
