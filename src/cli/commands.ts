import type { Subcommand } from './subcommand';

/* eslint-disable @typescript-eslint/no-require-imports -- Each in its own time. */
/**
 * The subcommands in the order of `--help`. Each is loaded when it is needed, because a run of Jest needs none of
 * them.
 */
const LOADERS: ReadonlyMap<string, () => Subcommand> = new Map([
  ['why', () => (require('./inspecting/why') as typeof import('./inspecting/why')).why],
  ['impact', () => (require('./inspecting/impact') as typeof import('./inspecting/impact')).impact],
  ['status', () => (require('./inspecting/status') as typeof import('./inspecting/status')).status],
  ['flaky', () => (require('./inspecting/flaky') as typeof import('./inspecting/flaky')).flaky],
  ['summary', () => (require('./summary') as typeof import('./summary')).summary],
  [
    'coverage',
    () => (require('./inspecting/coverage') as typeof import('./inspecting/coverage')).coverage,
  ],
  ['report', () => (require('./inspecting/report') as typeof import('./inspecting/report')).report],
  ['doctor', () => (require('./doctor') as typeof import('./doctor')).doctor],
  ['init', () => (require('./init') as typeof import('./init')).init],
  ['merge', () => (require('./merge') as typeof import('./merge')).merge],
  ['pull', () => (require('./sharing/pull') as typeof import('./sharing/pull')).pull],
  ['push', () => (require('./sharing/push') as typeof import('./sharing/push')).push],
  ['shared', () => (require('./sharing/shared') as typeof import('./sharing/shared')).shared],
  ['verify', () => (require('./verify') as typeof import('./verify')).verify],
]);

/** Loads and returns all subcommands. */
export function subcommands(): Subcommand[] {
  return Array.from(LOADERS.values(), (loader) => loader());
}

/**
 * Returns the subcommand that a command line starts with. Null if the command line is meant for Jest.
 *
 * Only the first argument counts, so that every path pattern is still possible: `jest-testmon -- why` runs the tests
 * whose path contains "why".
 */
export function findCommand(args: readonly string[]): Subcommand | null {
  const [name] = args;
  return (name === undefined ? undefined : LOADERS.get(name)?.()) ?? null;
}
