type Child = Node | string | null | false;

/**
 * Creates an element. Children are only added as text or nodes, never as HTML, because paths and test names may
 * contain anything.
 * @param attributes Functions named `on…` become listeners. Null and false omit an attribute, true sets it to an
 *   empty value.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number | boolean | null | ((event: Event) => void)> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(
    ...children.filter((child): child is Node | string => child !== null && child !== false),
  );
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Creates an SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number> = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Returns a path that may be broken into lines after each folder. */
export function breakable(path: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const part of path.split(/(?<=\/)/)) fragment.append(part, document.createElement('wbr'));
  return fragment;
}

/**
 * Returns an element of the page's frame.
 * @throws {Error} If it does not exist.
 */
export function place(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element #${id}`);
  return found;
}
