import { breakable, element, place } from './dom';
import { find, MAX_RESULTS, type Target } from './find';
import { duration, lines } from './format';

/** The search field: a combobox with a list of options, as described in the ARIA Authoring Practices. */
export class Search {
  readonly #targets: readonly Target[];
  readonly #input = place('search') as HTMLInputElement;
  readonly #list = place('results');
  readonly #status = place('search-status');
  #found: Target[] = [];
  #active = -1;

  constructor(targets: readonly Target[]) {
    this.#targets = targets;
    this.#input.addEventListener('input', () => this.#search());
    this.#input.addEventListener('focus', () => this.#search());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    this.#input.addEventListener('blur', () => this.#close());
    // Prevents the field from losing the focus before the click.
    this.#list.addEventListener('pointerdown', (event) => event.preventDefault());
    this.#list.addEventListener('click', (event) => {
      const option = event.target instanceof Element ? event.target.closest('[role=option]') : null;
      if (option !== null) this.#take([...this.#list.children].indexOf(option));
    });
    document.addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      this.#input.focus();
    });
  }

  #search(): void {
    const query = this.#input.value.trim();
    this.#found = find(this.#targets, query);
    this.#active = this.#found.length > 0 ? 0 : -1;
    this.#list.replaceChildren(...this.#found.map((target, index) => option(target, index)));
    this.#list.hidden = this.#found.length === 0;
    this.#input.setAttribute('aria-expanded', String(this.#found.length > 0));
    if (query === '') this.#status.textContent = '';
    else if (this.#found.length === 0) this.#status.textContent = 'Nothing recorded has this name.';
    else
      this.#status.textContent = `${this.#found.length === MAX_RESULTS ? `The first ${MAX_RESULTS}` : this.#found.length} found.`;
    this.#mark();
  }

  #mark(): void {
    for (const [index, item] of [...this.#list.children].entries()) {
      item.setAttribute('aria-selected', String(index === this.#active));
      if (index === this.#active) item.scrollIntoView({ block: 'nearest' });
    }
    if (this.#active >= 0)
      this.#input.setAttribute('aria-activedescendant', `result-${this.#active}`);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  #close(): void {
    this.#list.hidden = true;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
  }

  #take(index: number): void {
    this.#found[index]?.choose();
    this.#close();
  }

  #onKey(event: KeyboardEvent): void {
    const { length } = this.#found;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (this.#list.hidden) this.#search();
      else if (length > 0) {
        this.#active = (this.#active + (event.key === 'ArrowDown' ? 1 : -1) + length) % length;
        this.#mark();
      }
    } else if (event.key === 'Enter' && !this.#list.hidden) this.#take(this.#active);
    else if (event.key === 'Escape' && !this.#list.hidden) this.#close();
    else return;
    event.preventDefault();
  }
}

function option({ kind, label, where, line, endLine, cost }: Target, index: number): HTMLElement {
  const path = where === label ? '' : where;
  const place = [path, lines(line, endLine)].filter(Boolean).join(', ');
  return element(
    'li',
    { role: 'option', id: `result-${index}`, 'aria-selected': 'false' },
    element('span', { class: 'name' }, breakable(label)),
    element(
      'span',
      { class: 'where' },
      element('span', { class: 'tag' }, kind),
      ' ',
      breakable(place),
    ),
    element('span', { class: 'time' }, duration(cost)),
  );
}
