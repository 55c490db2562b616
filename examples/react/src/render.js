import { act } from 'react';
import { createRoot } from 'react-dom/client';

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

/** Renders into the page, and returns the element that came out. */
export async function render(element) {
  const container = document.body.appendChild(document.createElement('div'));
  await act(async () => createRoot(container).render(element));
  return container;
}

export async function click(container) {
  await act(async () => container.querySelector('button').click());
}
