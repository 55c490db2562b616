import { hierarchy, treemap, type HierarchyRectangularNode } from 'd3-hierarchy';
import type { CodeNode } from './model';

/** A rectangle of the map, in pixels. */
export interface Cell {
  node: CodeNode;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Whether other cells are inside of it. Then only its title is visible. */
  isGroup: boolean;
  /** The number of groups that contain it. */
  depth: number;
}

/** Height of the title of a folder or file, in pixels. */
export const TITLE_HEIGHT = 20;

/** A smaller cell is not divided. In pixels. */
const SMALLEST_GROUP = { width: 56, height: 44 };

/** A smaller cell is not shown. In pixels. */
const SMALLEST_CELL = 3;

/**
 * Lays out code as a treemap, in which an area is proportional to lines of code. Cells that would be too small are
 * left out, and a folder that is too small is not divided.
 * @returns Parents before their children, without the root.
 */
export function layOut(root: CodeNode, width: number, height: number): Cell[] {
  const tree = hierarchy(root, ({ children }) => children)
    .sum(({ kind, lines }) => (kind === 'function' ? lines : 0))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const placed = treemap<CodeNode>()
    .size([width, height])
    .round(true)
    .paddingInner(2)
    .paddingOuter((node) => (node.depth === 0 ? 0 : 2))
    .paddingTop((node) => (node.depth === 0 ? 0 : TITLE_HEIGHT))(tree);
  const cells: Cell[] = [];
  for (const child of placed.children ?? []) collect(child, cells);
  return cells;
}

function collect(item: HierarchyRectangularNode<CodeNode>, cells: Cell[]): void {
  const { data: node, x0: x, y0: y, depth } = item;
  const width = item.x1 - x;
  const height = item.y1 - y;
  if (width < SMALLEST_CELL || height < SMALLEST_CELL) return;
  const isGroup =
    item.children !== undefined && width >= SMALLEST_GROUP.width && height >= SMALLEST_GROUP.height;
  cells.push({ node, x, y, width, height, isGroup, depth });
  if (isGroup) for (const child of item.children ?? []) collect(child, cells);
}

/** The direction of an arrow key. */
export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * Returns the index of the nearest cell in a direction, or -1 if there is none. The position of a group is the centre
 * of its title.
 */
export function neighbour(cells: readonly Cell[], from: number, direction: Direction): number {
  const start = cells[from];
  if (start === undefined) return -1;
  const [startX, startY] = centre(start);
  let best = -1;
  let least = Infinity;
  for (const [index, cell] of cells.entries()) {
    if (index === from) continue;
    const [x, y] = centre(cell);
    const horizontal = direction === 'left' || direction === 'right';
    const ahead =
      (horizontal ? x - startX : y - startY) *
      (direction === 'left' || direction === 'up' ? -1 : 1);
    if (ahead <= 0) continue;
    const aside = Math.abs(horizontal ? y - startY : x - startX);
    const distance = ahead + 2 * aside;
    if (distance < least) {
      least = distance;
      best = index;
    }
  }
  return best;
}

function centre({ x, y, width, height, isGroup }: Cell): [x: number, y: number] {
  return [x + width / 2, isGroup ? y + TITLE_HEIGHT / 2 : y + height / 2];
}
