import { HASHED_VARIABLES } from '../../dependencies/packages/tool-configs';
import { ignoredVariables, variableNamesValue, variableValue } from '../../dependencies/variables';
import { outerVariable, outerVariables } from '../../run/outer-variables';
import { calledByLaunch, calledToCopy, calledToLog } from '../callers';
import { replace } from '../patched';
import { watchedVariables } from './variables';

/**
 * The variables that the tool chain reads from `process.env` while it loads, makes cache keys and transforms. It may
 * keep a value for the life of the process. So a variable that was read once counts for everything that is
 * transformed.
 */

/** By name: the value as a record stores it, from the time of the first read. */
const asked = new Map<string, string>();

let actual: NodeJS.ProcessEnv | null = null;
let watched: NodeJS.ProcessEnv = {};
let watching = 0;
/** How many transformers and resolvers are working. Every variable read meanwhile counts as theirs. */
let transforming = 0;

const ignores = ignoredVariables();

/** Stands for the names of all variables. */
export const ALL_NAMES = '';

/** Variables that Node is reading for a child. Node first asks for all names, and then for each variable. */
let launching: Set<string> | null = null;

/** By variable: how many reads Jest is about to make, because it copies all variables. */
let copied: Map<string, number> | null = null;

/** `Object.assign` reads the descriptor of a property, and then its value. */
const QUESTIONS_OF_A_COPY = 2;

/** Whether this read is part of Jest's copy of all variables. */
function isOfCopy(name: string): boolean {
  const left = copied?.get(name) ?? 0;
  if (left > 0) copied?.set(name, left - 1);
  return left > 0;
}

function note(name: string): void {
  if (!asked.has(name)) asked.set(name, valueNow(name));
}

/** Is called for each read, also for a variable that was read before. */
export type VariableObserver = (name: string) => void;

const observers = new Set<VariableObserver>();

/** Notes that the tool chain reads a variable or, with `ALL_NAMES`, all names. */
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

/** The value of a variable as this process's tool chain saw it. What the tool chain sets itself does not count. */
export function toolVariable(name: string): string {
  return asked.get(name) ?? valueNow(name);
}

const LISTENER = {
  asked(name: string): boolean {
    if (watching === 0 || launching?.has(name) === true || isOfCopy(name)) return false;
    if (counts(name)) heard(name);
    // Reported again next time, because another tool may read it too.
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
 * Returns the real variables if the watching proxy is given. Our own reads then do not count.
 * @param variables The variables for a child.
 */
export function unwatchedVariables(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return variables === watched && actual !== null ? actual : variables;
}

/** Begins to watch. Each call needs one call of `unwatchVariables`. */
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
  // The tool chain may have replaced `process.env` itself.
  if (watching === 0 && process.env === watched && actual !== null)
    replace('variables', process, 'env', actual);
}

/** Runs a part of the tool chain and notes which variables it reads. */
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

/** The asynchronous form. What other code reads meanwhile counts as well. */
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

/** Runs a tool that is not a transformer, and returns which variables it reads. */
export function variablesDuring<T>(work: () => T): { result: T; asked: string[] } {
  const asked = new Set<string>();
  const stop = observeVariables((name) => asked.add(name));
  try {
    return { result: work(), asked: [...asked] };
  } finally {
    stop();
  }
}

/** Calls `tell` for all reads from now on. @returns A function that ends this. */
export function observeVariables(tell: VariableObserver): () => void {
  observers.add(tell);
  watchVariables();
  return () => {
    observers.delete(tell);
    unwatchVariables();
  };
}

/** All variables that the tool chain read in this process, with their values. */
export function askedVariables(): ReadonlyMap<string, string> {
  return asked;
}
