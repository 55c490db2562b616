import { createRequire } from 'node:module';

/** A subcommand: one file in this folder each. */
export interface Subcommand {
  name: string;
  /** One line for `--help`. */
  summary: string;
  /** @param args What follows the name. */
  run(args: string[]): Promise<void>;
}

const load = createRequire(__filename);

/** In the order of `--help`. Each is loaded when it is asked for: a run of Jest needs none of them. */
const LOADERS: ReadonlyMap<string, () => Subcommand> = new Map([
  ['why', () => (load('./why') as typeof import('./why')).why],
  ['impact', () => (load('./impact') as typeof import('./impact')).impact],
  ['status', () => (load('./status') as typeof import('./status')).status],
  ['report', () => (load('./report') as typeof import('./report')).report],
  ['doctor', () => (load('./doctor') as typeof import('./doctor')).doctor],
  ['init', () => (load('./init') as typeof import('./init')).init],
  ['merge', () => (load('./merge') as typeof import('./merge')).merge],
  ['verify', () => (load('./verify') as typeof import('./verify')).verify],
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
