import { element, place } from './dom';

/** A box near the pointer or the focus. Screen readers ignore it, because the labels contain the same text. */
export class Tooltip {
  readonly #box = place('tooltip');

  get isShown(): boolean {
    return !this.#box.hidden;
  }

  /** @param lines The first one is emphasized. */
  show(x: number, y: number, lines: readonly string[]): void {
    this.#box.replaceChildren(...lines.filter(Boolean).map((line) => element('div', {}, line)));
    this.#box.hidden = false;
    const { width, height } = this.#box.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    this.#box.style.left = `${Math.max(4, Math.min(x + 12, clientWidth - width - 4))}px`;
    const below = y + 16;
    this.#box.style.top = `${below + height > clientHeight ? Math.max(4, y - height - 8) : below}px`;
  }

  hide(): void {
    this.#box.hidden = true;
  }
}
