export { withTestmon } from './config/with-testmon';
export type { ConfigExport } from './config/with-testmon';
export type { Options, UserOptions } from './config/options';
