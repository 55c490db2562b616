/** The report of `jest-testmon report`: its data, and the page that shows it. */
export { reportOf } from './inspected';
export type * from './data';
export { renderPage, type PageParts } from './html';
