/**
 * The environment variables by which the command and the controller tell workers of a run. Workers inherit them; tests,
 * and the programs that tests start, must not see them: their environment is what it would be without us.
 */

/** Where the run file is. */
export const RUN_FILE_VARIABLE = 'TESTMON_RUN_FILE';
/** The root that stored paths are relative to. */
export const ROOT_VARIABLE = 'TESTMON_ROOT';
/** `off` where no probes are put into code. */
export const PROBES_VARIABLE = 'TESTMON_PROBES';
/** The variables that the command has set for its own options, as JSON: by name, the value and the one before it. */
const SET_VARIABLE = 'TESTMON_SET';

const NAMES = [RUN_FILE_VARIABLE, ROOT_VARIABLE, PROBES_VARIABLE, SET_VARIABLE] as const;
type Name = (typeof NAMES)[number];

type Change = readonly [value: string, before: string | null];

interface State {
  /** Whether this process announces runs: the workers that it starts inherit its variables. */
  announces: boolean;
  /** Whether test files had run in this process when the last run was announced, so that nothing tells if they do now. */
  ranTestsBefore: boolean;
  /** What was taken out of the variables of the process. */
  taken: Record<string, string>;
}

const KEY = Symbol.for('jest-testmon.run-variables');

/** One for all copies of our code in a process; on the global object, where no test environment copies it from. */
function state(): State {
  const holder = globalThis as { [KEY]?: State };
  const existing = holder[KEY];
  if (existing !== undefined) return existing;
  const value: State = { announces: false, ranTestsBefore: false, taken: {} };
  Object.defineProperty(holder, KEY, { value });
  return value;
}

/** Tells this process and the workers that it will start; undefined takes a variable back. */
export function announce(name: Name, value: string | undefined): void {
  putBack();
  const current = state();
  current.announces = true;
  current.ranTestsBefore = runsTests();
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Sets variables that carry options of the command. */
export function announceOptions(variables: Readonly<Record<string, string>>): void {
  const changes = Object.entries(variables).map(([name, value]): [string, Change] => [
    name,
    [value, process.env[name] ?? null],
  ]);
  if (changes.length === 0) return;
  announce(SET_VARIABLE, JSON.stringify(Object.fromEntries(changes)));
  Object.assign(process.env, variables);
}

/** What was announced to this process. */
export function announced(name: Name): string | undefined {
  return process.env[name] ?? state().taken[name];
}

/**
 * Takes the variables out of this process's before a test environment copies them. A worker has no more use for them
 * there; Jest's main process, where it runs tests itself, gets them back by `putBack`.
 */
export function hideRunVariables(): void {
  const { announces, ranTestsBefore, taken } = state();
  if (!runsTests() || (announces && ranTestsBefore)) return;
  Object.assign(taken, takeOut(process.env));
}

/** The test environment has its copy; a later runner may start workers, which inherit the variables. */
export function putBack(): void {
  const current = state();
  if (!current.announces) return;
  Object.assign(process.env, current.taken);
  current.taken = {};
}

/** Jest sets this variable wherever test files run, and leaves it there. */
export function runsTests(): boolean {
  return process.env.JEST_WORKER_ID !== undefined;
}

/**
 * Makes variables what they would be without us.
 * @returns Those that were ours.
 */
export function takeOut(variables: NodeJS.ProcessEnv): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, [value, before]] of optionChanges()) {
    // What the test itself, or whoever started it, has set since stays.
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

/** The variables of a child process or a thread without ours; the same object where there are none. */
export function withoutOurs(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!NAMES.some((name) => variables[name] !== undefined)) return variables;
  const copy = { ...variables };
  takeOut(copy);
  return copy;
}
