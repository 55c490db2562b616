import type { ReportCause, ReportData, ReportTestFile } from '../data';
import { breakable, element, place } from './dom';
import { count, duration, lines, number } from './format';

type Key = 'path' | 'why' | 'duration';

const VERDICTS: Record<ReportTestFile['verdict'], string> = {
  failed: 'failed last time',
  new: 'never recorded',
  always: 'asked to run always',
  changed: 'what it executed or read has changed',
  unaffected: 'unchanged since it passed',
};

const SHOWN_AT_ONCE = 15;

/** Shows what a run would select now and why: the changes, then the test files. */
export class SelectionView {
  readonly #data: ReportData;
  readonly #choose: (testFile: number) => void;
  readonly #heads = new Map<Key, HTMLElement>();
  readonly #body = element('tbody');
  readonly #more = element('button', { type: 'button', class: 'more', hidden: true });
  #shown: 'selected' | 'unaffected' | 'last';
  #sort: { key: Key; descending: boolean } = { key: 'duration', descending: true };
  #isWhole = false;

  constructor(data: ReportData, choose: (testFile: number) => void) {
    this.#data = data;
    this.#choose = choose;
    this.#shown = data.testFiles.some(({ verdict }) => verdict !== 'unaffected')
      ? 'selected'
      : 'unaffected';
  }

  /** Draws both parts into the page. */
  draw(): void {
    place('causes').replaceChildren(...this.#causes());
    const container = place('test-files');
    if (this.#data.testFiles.length === 0) {
      container.replaceChildren(element('p', { class: 'quiet' }, 'Jest finds no test files here.'));
      return;
    }
    const columns: [Key, string][] = [
      ['path', 'Test file'],
      ['why', 'Why'],
      ['duration', 'Takes'],
    ];
    const heads = columns.map(([key, title]) => {
      const sort = () => this.#sortBy(key);
      const button = element('button', { type: 'button', class: 'sort', onclick: sort }, title);
      const head = element(
        'th',
        { scope: 'col', class: key === 'duration' ? 'number' : null },
        button,
      );
      this.#heads.set(key, head);
      return head;
    });
    const caption = element(
      'caption',
      { class: 'unseen' },
      'Test files with the reason why they run or not',
    );
    this.#more.addEventListener('click', () => {
      this.#isWhole = true;
      this.#drawRows();
    });
    container.replaceChildren(
      this.#filters(),
      element(
        'table',
        { class: 'selection' },
        caption,
        element('thead', {}, element('tr', {}, ...heads)),
        this.#body,
      ),
      this.#more,
    );
    this.#drawRows();
  }

  #causes(): HTMLElement[] {
    const { causes, testFiles } = this.#data;
    if (causes.length === 0) return [];
    const selects = causes.map(
      (_, index) => testFiles.filter((file) => file.causes.includes(index)).length,
    );
    const items = causes.map((cause, index) =>
      element(
        'li',
        {},
        element('span', { class: 'name' }, breakable(cause.label)),
        placesOf(cause),
        element('span', { class: 'time' }, count(selects[index] ?? 0, 'test file')),
      ),
    );
    const shown = items.slice(0, SHOWN_AT_ONCE);
    const rest = items.length - shown.length;
    if (rest > 0) shown.push(element('li', {}, `and ${number(rest)} more`));
    return [element('h3', {}, 'What has changed'), element('ul', { class: 'causes' }, ...shown)];
  }

  #filters(): HTMLElement {
    const { testFiles } = this.#data;
    const choices = [
      ['selected', 'Run now', testFiles.filter(({ verdict }) => verdict !== 'unaffected').length],
      [
        'unaffected',
        'Need not run',
        testFiles.filter(({ verdict }) => verdict === 'unaffected').length,
      ],
      ['last', 'Ran in the last run', testFiles.filter(({ ranLast }) => ranLast).length],
    ] as const;
    const buttons = choices.map(([shown, title, amount]) =>
      element(
        'button',
        {
          type: 'button',
          'aria-pressed': String(shown === this.#shown),
          onclick: (event) => {
            this.#shown = shown;
            this.#isWhole = false;
            for (const button of buttons)
              button.setAttribute('aria-pressed', String(button === event.currentTarget));
            this.#drawRows();
          },
        },
        title,
        ' ',
        element('span', { class: 'amount' }, number(amount)),
      ),
    );
    return element(
      'div',
      { class: 'choice', role: 'group', 'aria-label': 'Which test files' },
      ...buttons,
    );
  }

  #sortBy(key: Key): void {
    const descending = this.#sort.key === key ? !this.#sort.descending : key === 'duration';
    this.#sort = { key, descending };
    this.#drawRows();
  }

  #drawRows(): void {
    const { key: sorted, descending } = this.#sort;
    for (const [key, head] of this.#heads) {
      head.setAttribute(
        'aria-sort',
        key !== sorted ? 'none' : descending ? 'descending' : 'ascending',
      );
    }
    const rows = this.#data.testFiles
      .map((file, index) => ({ file, index, why: this.#why(file) }))
      .filter(({ file }) => this.#isShown(file))
      .sort((a, b) => {
        const order =
          sorted === 'duration'
            ? (a.file.duration ?? -1) - (b.file.duration ?? -1)
            : sorted === 'path'
              ? compare(a.file.path, b.file.path)
              : compare(a.why, b.why);
        return (descending ? -order : order) || compare(a.file.path, b.file.path);
      });
    const shown = this.#isWhole ? rows : rows.slice(0, SHOWN_AT_ONCE);
    this.#body.replaceChildren(...shown.map(({ file, index, why }) => this.#row(file, index, why)));
    if (rows.length === 0) {
      const none =
        this.#shown === 'selected'
          ? 'Nothing: every test file is unchanged since it passed.'
          : 'None.';
      this.#body.append(element('tr', {}, element('td', { colspan: 3, class: 'quiet' }, none)));
    }
    this.#more.hidden = shown.length === rows.length;
    this.#more.textContent = `Show ${count(rows.length - shown.length, 'more test file')}`;
  }

  #isShown({ verdict, ranLast }: ReportTestFile): boolean {
    if (this.#shown === 'last') return ranLast;
    return (verdict === 'unaffected') === (this.#shown === 'unaffected');
  }

  #row(file: ReportTestFile, index: number, why: string): HTMLTableRowElement {
    const choose = () => this.#choose(index);
    const project = file.project === '' ? null : element('span', { class: 'tag' }, file.project);
    const name = element(
      'button',
      { type: 'button', class: 'link', onclick: choose },
      breakable(file.path),
    );
    const failed =
      file.lastOutcome === 'failed' && element('span', { class: 'tag failed' }, 'failed');
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, name, ' ', project, ' ', failed),
      element('td', {}, why),
      element('td', { class: 'number' }, file.duration === null ? '–' : duration(file.duration)),
    );
  }

  #why(file: ReportTestFile): string {
    const labels = file.causes.flatMap((index) => this.#data.causes[index]?.label ?? []);
    if (labels.length === 0) return VERDICTS[file.verdict];
    const more = labels.length > 2 ? ` and ${count(labels.length - 2, 'more change')}` : '';
    const { skippedTests } = file;
    const skipped = skippedTests > 0 ? `; ${count(skippedTests, 'test')} of it skipped` : '';
    return `changed: ${labels.slice(0, 2).join(', ')}${more}${skipped}`;
  }
}

function placesOf({ places }: ReportCause): HTMLElement | null {
  if (places.length === 0) return null;
  const named = places
    .slice(0, 3)
    .map(({ name, line, endLine }) => [name, lines(line, endLine)].filter(Boolean).join(' '));
  const more = places.length > 3 ? `, and ${number(places.length - 3)} more` : '';
  return element('span', { class: 'where' }, named.join('; ') + more);
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
