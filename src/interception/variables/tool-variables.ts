import { HASHED_VARIABLES } from '../../dependencies/packages/tool-configs';
import { ignoredVariables, variableNamesValue, variableValue } from '../../dependencies/variables';
import { outerVariable, outerVariables } from '../../run/outer-variables';
import { calledByLaunch, calledToLog } from '../callers';
import { replace } from '../patched';
import { watchedVariables } from './variables';

/**
 * What the tool chain asks of `process.env` while it loads, makes keys and transforms. It may keep what it was told for
 * as long as the process lives, so whatever was asked for once counts for all that is transformed.
 */

/** By name: its value as a record keeps it, as it was when it was first asked for. */
const asked = new Map<string, string>();

let actual: NodeJS.ProcessEnv | null = null;
let watched: NodeJS.ProcessEnv = {};
let watching = 0;

const ignores = ignoredVariables();

/** Asks for the names of all variables. */
export const ALL_NAMES = '';

/** Variables that Node is reading for a child: it asks for each of those that it was told of. */
let launching: Set<string> | null = null;

function note(name: string): void {
  if (!asked.has(name)) asked.set(name, valueNow(name));
}

/** Notes that the tool chain asks for a variable, or, with `ALL_NAMES`, for all names. */
export function noteToolVariable(name: string): void {
  if (!ignores(name) && !HASHED_VARIABLES.includes(name)) note(name);
}

function valueNow(name: string): string {
  return name === ALL_NAMES
    ? variableNamesValue(outerVariables(), ignores)
    : variableValue(name, outerVariable(name));
}

/** The value of a variable for the tool chain of this process. What the tool chain sets itself does not count. */
export function toolVariable(name: string): string {
  return asked.get(name) ?? valueNow(name);
}

const LISTENER = {
  asked(name: string): boolean {
    if (watching === 0 || launching?.has(name) === true) return false;
    noteToolVariable(name);
    return true;
  },
  askedForNames(): boolean {
    if (watching === 0 || calledToLog()) return false;
    if (calledByLaunch()) {
      launching = new Set(Object.keys(actual ?? {}));
      queueMicrotask(() => (launching = null));
      return false;
    }
    note(ALL_NAMES);
    return true;
  },
};

/** Begins to watch; each call is to be followed by one of `unwatchVariables`. */
export function watchVariables(): void {
  watching += 1;
  if (watching > 1) return;
  if (actual !== process.env) {
    actual = process.env;
    watched = watchedVariables(actual, LISTENER);
  }
  replace('variables', process, 'env', watched);
}

export function unwatchVariables(): void {
  watching -= 1;
  // The tool chain may have put variables of its own in place of all.
  if (watching === 0 && process.env === watched && actual !== null)
    replace('variables', process, 'env', actual);
}

/** Runs a part of the tool chain and notes what it asks for. */
export function withWatchedVariables<T>(work: () => T): T {
  watchVariables();
  try {
    return work();
  } finally {
    unwatchVariables();
  }
}

/** The same for one that is asynchronous; what others ask for meanwhile counts as well. */
export async function withWatchedVariablesAsync<T>(work: () => Promise<T>): Promise<T> {
  watchVariables();
  try {
    return await work();
  } finally {
    unwatchVariables();
  }
}

/** All names that were asked for in this process, with their values. */
export function askedVariables(): ReadonlyMap<string, string> {
  return asked;
}
