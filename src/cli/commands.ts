import { doctor } from './doctor';
import { impact } from './impact';
import { init } from './init';
import { merge } from './merge';
import { report } from './report';
import { status } from './status';
import { verify } from './verify';
import { why } from './why';

/** A subcommand: one file in this folder each. */
export interface Subcommand {
  name: string;
  /** One line for `--help`. */
  summary: string;
  /** @param args What follows the name. */
  run(args: string[]): Promise<void>;
}

/** In the order of `--help`. */
export const subcommands: readonly Subcommand[] = [
  why,
  impact,
  status,
  report,
  doctor,
  init,
  merge,
  verify,
];

/**
 * The subcommand that a command line asks for, or null where it is for Jest. Only the very first argument counts, so
 * that every path pattern remains possible: `jest-testmon -- why` runs the tests whose path holds "why".
 */
export function findCommand(args: readonly string[]): Subcommand | null {
  return subcommands.find(({ name }) => name === args[0]) ?? null;
}
