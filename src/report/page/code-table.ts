import { element } from './dom';
import { duration, number } from './format';
import { hasLines, heat, type CodeNode } from './model';

type Key = 'label' | 'lines' | 'testFiles' | 'tests' | 'cost' | 'most';

const COLUMNS: readonly { key: Key; title: string; hint: string }[] = [
  { key: 'label', title: 'Code', hint: '' },
  { key: 'lines', title: 'Lines', hint: 'Lines of code' },
  {
    key: 'testFiles',
    title: 'Test files',
    hint: 'Test files that an edit somewhere in it selects',
  },
  { key: 'tests', title: 'Tests', hint: 'Tests that execute something of it' },
  {
    key: 'cost',
    title: 'An edit costs',
    hint: 'Test time that an edit of an average line selects',
  },
  { key: 'most', title: 'At most', hint: 'Test time that the dearest edit in it selects' },
];

/** Shows the same code and numbers as the map in a table. Its folders and files can be expanded. */
export class CodeTable {
  readonly #root: CodeNode;
  readonly #suite: number;
  readonly #choose: (node: CodeNode) => void;
  readonly #open = new Set<CodeNode>();
  readonly #body = element('tbody');
  readonly #heads = new Map<Key, HTMLElement>();
  #sort: { key: Key; descending: boolean } = { key: 'cost', descending: true };

  constructor(options: { root: CodeNode; suite: number; choose(node: CodeNode): void }) {
    this.#root = options.root;
    this.#suite = options.suite;
    this.#choose = (node) => options.choose(node);
  }

  /** Draws the table into an element, which it replaces completely. */
  drawInto(container: HTMLElement): void {
    const heads = COLUMNS.map(({ key, title, hint }) => {
      const sort = () => this.#sortBy(key);
      const button = element(
        'button',
        { type: 'button', class: 'sort', title: hint, onclick: sort },
        title,
      );
      const head = element(
        'th',
        { scope: 'col', class: key === 'label' ? null : 'number' },
        button,
      );
      this.#heads.set(key, head);
      return head;
    });
    const caption = element(
      'caption',
      { class: 'unseen' },
      'Folders, files and functions with the test time that an edit there selects',
    );
    const head = element('thead', {}, element('tr', {}, ...heads));
    container.replaceChildren(element('table', { class: 'code' }, caption, head, this.#body));
    this.#draw();
  }

  #sortBy(key: Key): void {
    const descending = this.#sort.key === key ? !this.#sort.descending : key !== 'label';
    this.#sort = { key, descending };
    this.#draw();
  }

  #draw(): void {
    for (const [key, head] of this.#heads) {
      const { descending } = this.#sort;
      const order = descending ? 'descending' : 'ascending';
      head.setAttribute('aria-sort', key === this.#sort.key ? order : 'none');
    }
    const rows: HTMLTableRowElement[] = [];
    this.#rows(this.#root, 0, rows);
    this.#body.replaceChildren(...rows);
  }

  #rows(parent: CodeNode, depth: number, rows: HTMLTableRowElement[]): void {
    for (const node of sorted(parent.children, this.#sort)) {
      rows.push(this.#row(node, depth));
      if (this.#open.has(node)) this.#rows(node, depth + 1, rows);
    }
  }

  #row(node: CodeNode, depth: number): HTMLTableRowElement {
    const isOpen = this.#open.has(node);
    const toggle =
      node.children.length > 0 &&
      element('button', {
        type: 'button',
        class: 'toggle',
        'aria-expanded': String(isOpen),
        'aria-label': `${isOpen ? 'Close' : 'Open'} ${node.label}`,
        onclick: () => this.#toggle(node),
      });
    const choose = () => this.#choose(node);
    const name = element('button', { type: 'button', class: 'link', onclick: choose }, node.label);
    const cell = element('th', { scope: 'row' }, toggle, name);
    cell.style.paddingInlineStart = `${depth * 1.1 + (toggle === false ? 1.9 : 0.4)}rem`;
    const values = [
      hasLines(node) ? number(node.lines) : '–',
      number(node.testFiles.length),
      number(node.tests.length),
      duration(node.cost),
      duration(node.most),
    ].map((value) => element('td', { class: 'number' }, value));
    const swatch = element('span', { class: `swatch heat-${heat(node.cost, this.#suite)}` });
    values[3]?.prepend(swatch);
    return element('tr', { 'data-kind': node.kind }, cell, ...values);
  }

  #toggle(node: CodeNode): void {
    if (!this.#open.delete(node)) this.#open.add(node);
    const index = this.#toggles().indexOf(document.activeElement as HTMLElement);
    this.#draw();
    // The rows are new elements, so the focus is set again.
    this.#toggles()[index]?.focus();
  }

  #toggles(): HTMLElement[] {
    return [...this.#body.querySelectorAll<HTMLElement>('.toggle')];
  }
}

function sorted(
  nodes: readonly CodeNode[],
  { key, descending }: { key: Key; descending: boolean },
): CodeNode[] {
  const direction = descending ? -1 : 1;
  return [...nodes].sort((a, b) => {
    const difference = key === 'label' ? compare(a.label, b.label) : value(a, key) - value(b, key);
    return direction * difference || compare(a.label, b.label);
  });
}

function value(node: CodeNode, key: Exclude<Key, 'label'>): number {
  const found = node[key];
  return typeof found === 'number' ? found : found.length;
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
