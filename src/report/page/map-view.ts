import { element, place } from './dom';
import { count, duration, lines, percent } from './format';
import { hasLines, heat, type CodeNode } from './model';
import { layOut, neighbour, type Cell, type Direction } from './treemap';
import { Tooltip } from './tooltip';

const ARROWS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** What the map needs from the page. */
export interface MapOptions {
  root: CodeNode;
  /** Duration of all test files, in milliseconds. */
  suite: number;
  /** Called when the user chooses a node. */
  choose(node: CodeNode): void;
}

/** The treemap. Its cells are buttons, so that they work with the keyboard and with screen readers. */
export class MapView {
  readonly #options: MapOptions;
  readonly #map = place('map');
  readonly #trail = place('trail');
  readonly #tooltip = new Tooltip();
  /** The path from the root to the node that is shown. */
  #path: CodeNode[];
  #cells: Cell[] = [];
  #buttons: HTMLButtonElement[] = [];
  #active = 0;
  #chosen: CodeNode | null = null;

  constructor(options: MapOptions) {
    this.#options = options;
    this.#path = [options.root];
    this.#map.addEventListener('keydown', (event) => this.#onKey(event));
    this.#map.addEventListener('click', (event) => this.#onClick(event));
    this.#map.addEventListener('pointermove', (event) => this.#hover(event));
    this.#map.addEventListener('pointerleave', () => this.#tooltip.hide());
    this.#map.addEventListener('focusin', (event) => this.#onFocus(event));
    this.#map.addEventListener('focusout', () => this.#tooltip.hide());
    // The observer calls this at once, which draws the map.
    let width = -1;
    new ResizeObserver(() => {
      if (this.#map.clientWidth === width) return;
      width = this.#map.clientWidth;
      this.#draw();
    }).observe(this.#map);
  }

  /** Marks a node that was chosen elsewhere. If it is not visible, shows its parent. */
  mark(node: CodeNode): void {
    this.#chosen = node;
    if (!this.#cells.some((cell) => cell.node === node)) {
      const path = pathTo(this.#options.root, node);
      const shown = path.slice(0, Math.max(1, path.length - 1));
      if (shown.length > 0) this.#path = shown;
      this.#draw();
      return;
    }
    this.#showChosen();
  }

  get #shown(): CodeNode {
    return this.#path.at(-1) ?? this.#options.root;
  }

  #draw(): void {
    const { suite } = this.#options;
    this.#cells = layOut(this.#shown, this.#map.clientWidth, this.#map.clientHeight);
    this.#active = 0;
    this.#buttons = this.#cells.map((cell, index) => {
      const { node, isGroup, width, height } = cell;
      const button = element('button', {
        type: 'button',
        class: `cell ${isGroup ? 'group' : `leaf heat-${heat(node.cost, suite)}`}`,
        tabindex: index === 0 ? 0 : -1,
        'aria-label': describe(node, suite),
        'data-index': index,
      });
      if (isGroup || (width >= 44 && height >= 17)) {
        button.append(element('span', { class: 'label' }, node.label));
      }
      if (!isGroup && width >= 64 && height >= 36) {
        button.append(element('span', { class: 'value' }, duration(node.cost)));
      }
      Object.assign(button.style, {
        left: `${cell.x}px`,
        top: `${cell.y}px`,
        width: `${width}px`,
        height: `${height}px`,
      });
      return button;
    });
    this.#map.replaceChildren(...this.#buttons);
    this.#drawTrail();
    this.#showChosen();
  }

  #drawTrail(): void {
    const items = this.#path.map((node, index) => {
      const label = index === 0 ? 'All code' : node.label;
      const isLast = index === this.#path.length - 1;
      const item = isLast
        ? element('span', { 'aria-current': 'location' }, label)
        : element(
            'button',
            { type: 'button', class: 'link', onclick: () => this.#show(index) },
            label,
          );
      return element('li', {}, item);
    });
    this.#trail.replaceChildren(...items);
  }

  #showChosen(): void {
    for (const [index, button] of this.#buttons.entries()) {
      const isChosen = this.#chosen !== null && this.#cells[index]?.node === this.#chosen;
      button.classList.toggle('chosen', isChosen);
      if (isChosen) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
  }

  /** Moves up to a node of the breadcrumb trail. */
  #show(index: number): void {
    this.#path = this.#path.slice(0, index + 1);
    this.#draw();
    this.#focus(0);
  }

  #press(index: number): void {
    const cell = this.#cells[index];
    if (cell === undefined) return;
    const { node } = cell;
    this.#chosen = node;
    this.#options.choose(node);
    if (node.kind === 'function') return this.#showChosen();
    this.#path = pathTo(this.#options.root, node);
    this.#tooltip.hide();
    this.#draw();
    this.#focus(0);
  }

  #focus(index: number): void {
    const button = this.#buttons[index];
    if (button === undefined) return;
    const before = this.#buttons[this.#active];
    if (before !== undefined) before.tabIndex = -1;
    button.tabIndex = 0;
    this.#active = index;
    button.focus({ preventScroll: true });
  }

  #onKey(event: KeyboardEvent): void {
    const direction = ARROWS[event.key];
    if (direction !== undefined) this.#focus(neighbour(this.#cells, this.#active, direction));
    else if (event.key === 'Home') this.#focus(0);
    else if (event.key === 'End') this.#focus(this.#cells.length - 1);
    else if (event.key === 'Escape' && this.#tooltip.isShown) this.#tooltip.hide();
    else if ((event.key === 'Escape' || event.key === 'Backspace') && this.#path.length > 1) {
      this.#show(this.#path.length - 2);
    } else return;
    event.preventDefault();
  }

  #onClick(event: Event): void {
    const index = indexOf(event);
    if (index >= 0) this.#press(index);
  }

  #onFocus(event: Event): void {
    const index = indexOf(event);
    const button = this.#buttons[index];
    if (button === undefined) return;
    this.#focus(index);
    if (!button.matches(':focus-visible')) return;
    const { left, top, height } = button.getBoundingClientRect();
    this.#tell(index, left + 8, top + Math.min(height, 32));
  }

  #hover(event: PointerEvent): void {
    if (event.pointerType === 'touch') return;
    const index = indexOf(event);
    if (index < 0) return this.#tooltip.hide();
    this.#tell(index, event.clientX, event.clientY);
  }

  #tell(index: number, x: number, y: number): void {
    const cell = this.#cells[index];
    if (cell === undefined) return;
    const { node } = cell;
    const { suite } = this.#options;
    const where =
      node.kind === 'function'
        ? `${node.path} ${lines(node.line, node.endLine)}`
        : hasLines(node)
          ? count(node.lines, 'line')
          : '';
    this.#tooltip.show(x, y, [
      node.kind === 'function' ? node.label : node.path,
      where,
      `${costOf(node)}: ${duration(node.cost)} (${percent(node.cost, suite)} of the suite)`,
      `${count(node.testFiles.length, 'test file')}, ${count(node.tests.length, 'test')}`,
    ]);
  }
}

function costOf({ kind }: CodeNode): string {
  return kind === 'function' ? 'An edit costs' : 'An edit costs on average';
}

function describe(node: CodeNode, suite: number): string {
  const place = node.kind === 'function' ? `${node.path} ${lines(node.line, node.endLine)}` : '';
  const name = node.kind === 'function' ? node.label : `${node.kind} ${node.path}`;
  const cost = `${costOf(node)} ${duration(node.cost)}, ${percent(node.cost, suite)} of the suite`;
  return [name, place, cost, count(node.testFiles.length, 'test file')].filter(Boolean).join(', ');
}

function indexOf(event: Event): number {
  const { target } = event;
  const cell = target instanceof Element ? target.closest('.cell') : null;
  return cell instanceof HTMLElement ? Number(cell.dataset.index) : -1;
}

/** Returns the nodes from the root to a node, including both. */
export function pathTo(root: CodeNode, node: CodeNode): CodeNode[] {
  if (root === node) return [root];
  for (const child of root.children) {
    const path = pathTo(child, node);
    if (path.length > 0) return [root, ...path];
  }
  return [];
}
