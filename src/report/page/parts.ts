import { element } from './dom';
import { count } from './format';

/** Returns the first items, and a button that replaces itself by the others. */
export function inParts(
  items: readonly (() => HTMLElement)[],
  limit: number,
  noun: string,
): HTMLElement[] {
  const shown = items.slice(0, limit).map((make) => make());
  const rest = items.slice(limit);
  if (rest.length === 0) return shown;
  const more = element(
    'button',
    { type: 'button', class: 'more' },
    `Show ${count(rest.length, `more ${noun}`)}`,
  );
  more.addEventListener('click', () => {
    const made = rest.map((make) => make());
    more.replaceWith(...made);
    made[0]?.querySelector<HTMLElement>('summary')?.focus();
  });
  return [...shown, more];
}
