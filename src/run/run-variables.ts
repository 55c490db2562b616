/**
 * The environment variables by which the command and the controller tell workers about a run. Workers inherit them.
 * They are removed before a test can see them or pass them to a child process: its environment is the same as without
 * jest-testmon.
 */

/** Path of the run file. */
export const RUN_FILE_VARIABLE = 'TESTMON_RUN_FILE';
/** The root that stored paths are relative to. */
export const ROOT_VARIABLE = 'TESTMON_ROOT';
/** `off` if no probes are put into code. */
export const PROBES_VARIABLE = 'TESTMON_PROBES';
/** The names of the variables that were set before the tool chain set any, as JSON. */
export const OUTER_VARIABLE = 'TESTMON_OUTER';
/** The variables that the command has set for its own options, as JSON: `{ name: [value, value before or null] }`. */
const SET_VARIABLE = 'TESTMON_SET';

const NAMES = [
  RUN_FILE_VARIABLE,
  ROOT_VARIABLE,
  PROBES_VARIABLE,
  OUTER_VARIABLE,
  SET_VARIABLE,
] as const;
type Name = (typeof NAMES)[number];

type Change = readonly [value: string, before: string | null];

interface State {
  /** Whether this process announces runs to the workers that it starts. */
  announces: boolean;
  /**
   * Whether test files had already run in this process when the last run was announced. Then `runsTests` cannot tell
   * whether they run now.
   */
  ranTestsBefore: boolean;
  /** The variables that were removed from the process environment. */
  taken: Record<string, string>;
}

const KEY = Symbol.for('jest-testmon.run-variables');

/**
 * Returns the state that all copies of jest-testmon in a process share. It is a hidden property of the global object,
 * which test environments do not copy.
 */
function state(): State {
  const holder = globalThis as { [KEY]?: State };
  const existing = holder[KEY];
  if (existing !== undefined) return existing;
  const value: State = { announces: false, ranTestsBefore: false, taken: {} };
  Object.defineProperty(holder, KEY, { value });
  return value;
}

/**
 * Announces a value to this process and to the workers that it starts.
 * @param value Undefined removes the announcement.
 */
export function announce(name: Name, value: string | undefined): void {
  putBack();
  const current = state();
  current.announces = true;
  current.ranTestsBefore = runsTests();
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Sets environment variables for options of the command. `takeOut` restores their previous values for tests. */
export function announceOptions(variables: Readonly<Record<string, string>>): void {
  const changes = Object.entries(variables).map(([name, value]): [string, Change] => [
    name,
    [value, process.env[name] ?? null],
  ]);
  if (changes.length === 0) return;
  announce(SET_VARIABLE, JSON.stringify(Object.fromEntries(changes)));
  Object.assign(process.env, variables);
}

/** Returns the value that was announced to this process. */
export function announced(name: Name): string | undefined {
  return process.env[name] ?? state().taken[name];
}

/**
 * Removes the variables from the environment of a process that runs tests, before a test environment copies it. A
 * worker does not need them any more. Jest's main process, if it runs tests itself, restores them by `putBack`.
 */
export function hideRunVariables(): void {
  const { announces, ranTestsBefore, taken } = state();
  if (!runsTests() || (announces && ranTestsBefore)) return;
  Object.assign(taken, takeOut(process.env));
}

/**
 * Restores the variables in Jest's main process. The test environment has its copy by then, and a later runner may
 * start workers, which must inherit the variables.
 */
export function putBack(): void {
  const current = state();
  if (!current.announces) return;
  Object.assign(process.env, current.taken);
  current.taken = {};
}

/** Whether test files run in this process. Jest sets this variable before the first one, and never removes it. */
export function runsTests(): boolean {
  return process.env.JEST_WORKER_ID !== undefined;
}

/**
 * Removes our variables from an environment, and restores those that the command changed.
 * @param variables The environment to change.
 * @returns The removed values.
 */
export function takeOut(variables: NodeJS.ProcessEnv): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, [value, before]] of optionChanges()) {
    // A value that somebody else has set since stays.
    if (variables[name] !== value) continue;
    out[name] = value;
    if (before === null) delete variables[name];
    else variables[name] = before;
  }
  for (const name of NAMES) {
    const value = variables[name];
    if (value === undefined) continue;
    out[name] = value;
    delete variables[name];
  }
  return out;
}

function optionChanges(): [string, Change][] {
  const text = announced(SET_VARIABLE);
  return text === undefined ? [] : Object.entries(JSON.parse(text) as Record<string, Change>);
}

/**
 * Returns an environment without our variables, for a child process or a thread. Returns the same object if there are
 * none.
 */
export function withoutOurs(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!NAMES.some((name) => variables[name] !== undefined)) return variables;
  const copy = { ...variables };
  takeOut(copy);
  return copy;
}
