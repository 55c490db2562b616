import { HASHED_VARIABLES } from '../../dependencies/packages/tool-configs';
import { ignoredVariables, variableNamesValue, variableValue } from '../../dependencies/variables';
import { outerVariable, outerVariables } from '../../run/outer-variables';
import { calledByLaunch, calledToCopy, calledToLog } from '../callers';
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
/** How many transformers and resolvers are at work: whatever is asked for meanwhile counts as theirs. */
let transforming = 0;

const ignores = ignoredVariables();

/** Asks for the names of all variables. */
export const ALL_NAMES = '';

/** Variables that Node is reading for a child: it asks for each of those that it was told of. */
let launching: Set<string> | null = null;

/** By variable: how often Jest is about to ask for it, as it copies all of them. */
let copied: Map<string, number> | null = null;

/** `Object.assign` asks for the descriptor of a property, and for its value. */
const QUESTIONS_OF_A_COPY = 2;

/** Whether a question is one of those by which Jest copies all variables. */
function isOfCopy(name: string): boolean {
  const left = copied?.get(name) ?? 0;
  if (left > 0) copied?.set(name, left - 1);
  return left > 0;
}

function note(name: string): void {
  if (!asked.has(name)) asked.set(name, valueNow(name));
}

/** Is told of each question, also of one for a variable that was asked for before. */
export type VariableObserver = (name: string) => void;

const observers = new Set<VariableObserver>();

/** Notes that the tool chain asks for a variable, or, with `ALL_NAMES`, for all names. */
export function noteToolVariable(name: string): void {
  if (name === ALL_NAMES || counts(name)) note(name);
}

function counts(name: string): boolean {
  return !ignores(name) && !HASHED_VARIABLES.includes(name);
}

function heard(name: string): void {
  for (const tell of observers) tell(name);
  if (transforming > 0) note(name);
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
    if (watching === 0 || launching?.has(name) === true || isOfCopy(name)) return false;
    if (counts(name)) heard(name);
    // Another tool may ask for it as well.
    return false;
  },
  askedForNames(): boolean {
    if (watching === 0 || calledToLog()) return false;
    if (calledByLaunch()) {
      launching = new Set(Object.keys(actual ?? {}));
      queueMicrotask(() => (launching = null));
      return false;
    }
    if (calledToCopy()) {
      const names = Object.keys(actual ?? {});
      copied = new Map(names.map((name) => [name, QUESTIONS_OF_A_COPY]));
      queueMicrotask(() => (copied = null));
      return false;
    }
    heard(ALL_NAMES);
    return false;
  },
};

/**
 * Returns the variables themselves, where ours stand in their place: what we read of them, nobody asked for.
 * @param variables Those that a child is to get.
 */
export function unwatchedVariables(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return variables === watched && actual !== null ? actual : variables;
}

/** Begins to watch; each call is to be followed by one of `unwatchVariables`. */
function watchVariables(): void {
  watching += 1;
  if (watching > 1) return;
  if (actual !== process.env) {
    actual = process.env;
    watched = watchedVariables(actual, LISTENER);
  }
  replace('variables', process, 'env', watched);
}

function unwatchVariables(): void {
  watching -= 1;
  // The tool chain may have put variables of its own in place of all.
  if (watching === 0 && process.env === watched && actual !== null)
    replace('variables', process, 'env', actual);
}

/** Runs a part of the tool chain and notes what it asks for. */
export function withWatchedVariables<T>(work: () => T): T {
  watchVariables();
  transforming += 1;
  try {
    return work();
  } finally {
    transforming -= 1;
    unwatchVariables();
  }
}

/** The same for one that is asynchronous; what others ask for meanwhile counts as well. */
export async function withWatchedVariablesAsync<T>(work: () => Promise<T>): Promise<T> {
  watchVariables();
  transforming += 1;
  try {
    return await work();
  } finally {
    transforming -= 1;
    unwatchVariables();
  }
}

/** Runs a tool that is no transformer, and tells which variables it asks for. */
export function variablesDuring<T>(work: () => T): { result: T; asked: string[] } {
  const asked = new Set<string>();
  const stop = observeVariables((name) => asked.add(name));
  try {
    return { result: work(), asked: [...asked] };
  } finally {
    stop();
  }
}

/** Has all questions told from now on. @returns To be called at the end of that. */
export function observeVariables(tell: VariableObserver): () => void {
  observers.add(tell);
  watchVariables();
  return () => {
    observers.delete(tell);
    unwatchVariables();
  };
}

/** All names that were asked for in this process, with their values. */
export function askedVariables(): ReadonlyMap<string, string> {
  return asked;
}
