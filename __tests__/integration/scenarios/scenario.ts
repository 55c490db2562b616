import type { Files, Project } from '../harness';

export type { Files, Project };

/** A project that several scenarios start from; it is recorded once, and each scenario edits a copy of it. */
export interface Base {
  files: Files;
  /** Packages of this repository to link into it, by name or by name and target; default `jest` alone. */
  packages?: Record<string, string> | readonly string[];
  /** What files by name cannot say: links, binary files. */
  prepare?: (project: Project) => void;
  /** Where Jest runs; default the project's own folder. */
  folder?: string;
  /** For every run. */
  args?: readonly string[];
  /** Whether the packages have the older Jest. */
  isOlderJest?: boolean;
  /** For the first run; the second has the scenario's in its place, where it has one. */
  env?: NodeJS.ProcessEnv;
}

/** One edit, and the test files that must run for it: no more, no fewer. */
export interface Scenario {
  name: string;
  edit: (project: Project) => void;
  /** As Jest prints them. */
  expectRan: readonly string[];
  /** Default 0. */
  expectExit?: number;
  /** For the second run. */
  env?: NodeJS.ProcessEnv;
  /** Whether its edit disturbs rows that select other test files, in a grouped family. */
  alone?: boolean;
  /** Why it does not hold yet. */
  failing?: string;
}

/** The rows of one kind of dependency. */
export interface Family {
  name: string;
  base: Base;
  /** What runs though nothing changed; default nothing. */
  unchanged?: readonly string[];
  scenarios: readonly Scenario[];
  /** Whether it is recorded in band alone: what a tool reads counts for the test files after it in the same process. */
  isInBand?: boolean;
  /** Whether rows that select different test files are judged by one run, default true; else their edits disturb one another. */
  isGrouped?: boolean;
}

/** A configuration under which source files run as they are written. */
export const NO_TRANSFORM: Files = { 'jest.config.js': 'module.exports = { transform: {} };' };

/** A test file whose one test is this. */
export function testing(body: string): string {
  return `test('it', async () => {\n${body}\n});\n`;
}

/** Makes scenarios whose edits select these test files. */
export function selecting(
  ...expectRan: string[]
): (name: string, edit: Scenario['edit']) => Scenario {
  return (name, edit) => ({ name, edit, expectRan });
}
