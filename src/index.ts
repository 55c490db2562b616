// First, so that all modules loaded after it come from the compile cache.
import './compile-cache';
export { withTestmon } from './config/with-testmon';
export type { ComposedConfig, ConfigExport } from './config/with-testmon';
export type { Options, UserOptions } from './config/options';
