import { announce, announced, OUTER_VARIABLE } from './run-variables';

/**
 * The environment variables as Jest was started with, its config loaded.
 *
 * A transformer, a resolver, a test environment, a reporter may set variables while it loads or works. Example: ts-jest
 * sets `TS_JEST` in each process that transforms. Whether it has done so when somebody asks depends on what was in Jest's
 * cache. So such a variable counts as if nobody had set it: what the tool chain sets follows from the tool chain.
 */

interface State {
  /** Without a prototype: code may ask for `toString`, which is no variable. */
  variables: NodeJS.ProcessEnv;
}

const KEY = Symbol.for('jest-testmon.outer-variables');

/** One for all copies of our code in a process. In a worker it is made here and now, before any tool is loaded. */
const state = ((globalThis as { [KEY]?: State })[KEY] ??= { variables: inherited() });

/** The variables as they are outside of the tool chain; look one up with `outerVariable`. */
export function outerVariables(): Readonly<NodeJS.ProcessEnv> {
  return state.variables;
}

/** The value of a variable outside of the tool chain. Windows tells no upper from lower case. */
export function outerVariable(name: string): string | undefined {
  const value = state.variables[name];
  if (value !== undefined || process.platform !== 'win32') return value;
  const same = Object.keys(state.variables).find(
    (other) => other.toUpperCase() === name.toUpperCase(),
  );
  return same === undefined ? undefined : state.variables[same];
}

/**
 * Takes the variables as they are now for those that were there before the tool chain, in this process and in the
 * workers that it will start.
 */
export function announceOuterVariables(variables: Readonly<NodeJS.ProcessEnv>): void {
  state.variables = withoutPrototype(variables);
  announce(OUTER_VARIABLE, JSON.stringify(Object.keys(state.variables)));
}

/** What this process was started with, without what the controller's tools had set by then. */
function inherited(): NodeJS.ProcessEnv {
  const variables = withoutPrototype(process.env);
  const names = announced(OUTER_VARIABLE);
  if (names === undefined) return variables;
  const outer = new Set(JSON.parse(names) as string[]);
  for (const name of Object.keys(variables)) if (!outer.has(name)) delete variables[name];
  return variables;
}

function withoutPrototype(variables: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  return Object.assign(Object.create(null) as NodeJS.ProcessEnv, variables);
}
