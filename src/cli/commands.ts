import type { Subcommand } from './subcommand';

/* eslint-disable @typescript-eslint/no-require-imports -- Each in its own time. */
/** In the order of `--help`. Each is loaded when it is asked for: a run of Jest needs none of them. */
const LOADERS: ReadonlyMap<string, () => Subcommand> = new Map([
  ['why', () => (require('./why') as typeof import('./why')).why],
  ['impact', () => (require('./impact') as typeof import('./impact')).impact],
  ['status', () => (require('./status') as typeof import('./status')).status],
  ['report', () => (require('./report') as typeof import('./report')).report],
  ['doctor', () => (require('./doctor') as typeof import('./doctor')).doctor],
  ['init', () => (require('./init') as typeof import('./init')).init],
  ['merge', () => (require('./merge') as typeof import('./merge')).merge],
  ['verify', () => (require('./verify') as typeof import('./verify')).verify],
]);

/** All there are. */
export function subcommands(): Subcommand[] {
  return Array.from(LOADERS.values(), (loader) => loader());
}

/**
 * The subcommand that a command line asks for, or null where it is for Jest. Only the very first argument counts, so
 * that every path pattern remains possible: `jest-testmon -- why` runs the tests whose path holds "why".
 */
export function findCommand(args: readonly string[]): Subcommand | null {
  const [name] = args;
  return (name === undefined ? undefined : LOADERS.get(name)?.()) ?? null;
}
