// Before anything else: what comes after it is compiled through it.
import './compile-cache';
export { withTestmon } from './config/with-testmon';
export type { ComposedConfig, ConfigExport } from './config/with-testmon';
export type { Options, UserOptions } from './config/options';
