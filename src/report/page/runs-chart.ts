import { scaleBand, scaleLinear } from 'd3-scale';
import type { ReportRun } from '../data';
import { element, place, svg } from './dom';
import { count, date, duration, number } from './format';
import { Tooltip } from './tooltip';

/** The number of runs that fit side by side. */
const MAX_RUNS = 60;

const NOTHING_SAVED =
  'No run has saved time so far: what a first run records, the next ones need not run.';

const HEIGHT = 200;
const MARGIN = { top: 10, right: 4, bottom: 24, left: 64 };

/** The chart of the test time that each run saved, and the same numbers as a table. */
export class RunsChart {
  readonly #runs: readonly ReportRun[];
  readonly #tooltip = new Tooltip();

  /** @param runs The oldest first. */
  constructor(runs: readonly ReportRun[]) {
    this.#runs = runs.slice(-MAX_RUNS);
  }

  /** Draws the chart, and draws it again when the width changes. */
  draw(): void {
    const container = place('runs');
    if (this.#runs.every(({ saved }) => saved <= 0)) {
      const none = this.#runs.length === 0 ? 'No run is recorded yet.' : NOTHING_SAVED;
      container.replaceChildren(element('p', { class: 'quiet' }, none));
      if (this.#runs.length > 0) container.append(this.#table());
      return;
    }
    const chart = element('div', { class: 'chart' });
    container.replaceChildren(chart, this.#table());
    let width = -1;
    new ResizeObserver(() => {
      if (chart.clientWidth === width) return;
      width = chart.clientWidth;
      chart.replaceChildren(this.#chart(width));
    }).observe(chart);
  }

  #chart(width: number): SVGSVGElement {
    const runs = this.#runs;
    const x = scaleBand<number>()
      .domain(runs.map((_, index) => index))
      .range([MARGIN.left, Math.min(width - MARGIN.right, MARGIN.left + runs.length * 48)])
      .paddingInner(0.25)
      .paddingOuter(0.1);
    const most = Math.max(...runs.map(({ saved }) => saved), 1);
    const unit = most < 2_000 ? 1 : most < 120_000 ? 1_000 : most < 7_200_000 ? 60_000 : 3_600_000;
    const y = scaleLinear()
      .domain([0, most / unit])
      .nice(4)
      .range([HEIGHT - MARGIN.bottom, MARGIN.top]);
    const grid = y.ticks(4).flatMap((tick) => {
      const label = svg(
        'text',
        { x: MARGIN.left - 8, y: y(tick), dy: '0.32em', 'text-anchor': 'end' },
        duration(tick * unit),
      );
      return [
        svg('line', { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(tick), y2: y(tick) }),
        label,
      ];
    });
    const bars = runs.map((run, index) =>
      this.#bar(run, x(index) ?? 0, x.bandwidth(), y(run.saved / unit)),
    );
    const [first, last] = [runs[0], runs.at(-1)];
    const bottom = HEIGHT - 6;
    const labels: SVGElement[] = [];
    if (first !== undefined)
      labels.push(svg('text', { x: MARGIN.left, y: bottom }, date(first.startedAt)));
    const end = (x(runs.length - 1) ?? 0) + x.bandwidth();
    if (last !== undefined && end - MARGIN.left > 320) {
      labels.push(svg('text', { x: end, y: bottom, 'text-anchor': 'end' }, date(last.startedAt)));
    }
    const total = duration(runs.reduce((sum, { saved }) => sum + saved, 0));
    const label = `Bars of the test time saved in each of the last ${count(runs.length, 'run')}, ${total} in all. The table below has the numbers.`;
    const attributes = {
      role: 'img',
      'aria-label': label,
      width,
      height: HEIGHT,
      viewBox: `0 0 ${width} ${HEIGHT}`,
    };
    return svg(
      'svg',
      attributes,
      svg('g', { class: 'grid' }, ...grid),
      svg('g', { class: 'labels' }, ...labels),
      svg('g', {}, ...bars),
    );
  }

  #bar(run: ReportRun, x: number, width: number, top: number): SVGGElement {
    const base = HEIGHT - MARGIN.bottom;
    const y = Math.min(top, base - 2);
    const bar = svg('rect', {
      class: run.saved > 0 ? 'bar' : 'bar none',
      x,
      y,
      width,
      height: base - y,
      rx: Math.min(2, width / 4),
    });
    // The target is as high as the chart, so that a low bar can be pointed at.
    const target = svg('rect', {
      class: 'target',
      x,
      y: MARGIN.top,
      width,
      height: base - MARGIN.top,
    });
    const group = svg('g', { class: 'run' }, target, bar);
    group.addEventListener('pointermove', (event) =>
      this.#tooltip.show(event.clientX, event.clientY, [date(run.startedAt), ...inWords(run)]),
    );
    group.addEventListener('pointerleave', () => this.#tooltip.hide());
    return group;
  }

  #table(): HTMLElement {
    const heads = ['Run', 'Test files run', 'Took', 'Test time saved'].map((title, index) =>
      element('th', { scope: 'col', class: index === 0 ? null : 'number' }, title),
    );
    const rows = [...this.#runs]
      .reverse()
      .map(({ startedAt, selected, total, duration: took, saved }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, date(startedAt)),
          ...[`${number(selected)} of ${number(total)}`, duration(took), duration(saved)].map(
            (value) => element('td', { class: 'number' }, value),
          ),
        ),
      );
    const table = element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...heads)),
      element('tbody', {}, ...rows),
    );
    return element(
      'details',
      {},
      element('summary', {}, 'As a table'),
      element('div', { class: 'scroll' }, table),
    );
  }
}

function inWords({ selected, total, duration: took, saved }: ReportRun): string[] {
  return [
    `${number(selected)} of ${count(total, 'test file')} selected`,
    `took ${duration(took)}`,
    `saved ${duration(saved)} of test time`,
  ];
}
