import { OF_SCRIPTS } from '../../dependencies/script-variables';

/** Receives which environment variables code reads. */
export interface VariableListener {
  /** @returns False if the next read of this variable must be reported too. */
  asked(name: string): boolean;
  /** Code asked for the names of all variables. Returns as `asked` does. */
  askedForNames(): boolean;
}

/** Variables that report each read. What code sets or deletes itself is not an input. */
export function watchedVariables(
  actual: NodeJS.ProcessEnv,
  listener: VariableListener,
): NodeJS.ProcessEnv {
  const asked = new Set<string>();
  let askedForNames = false;
  /** Whether all variables are being copied: that asks for the names, then for each descriptor and its value. */
  let isCopying = false;
  let described: string | symbol | null = null;
  const isCopied = (key: string | symbol): boolean =>
    isCopying && typeof key === 'string' && OF_SCRIPTS.test(key);
  const note = (key: string | symbol) => {
    if (typeof key !== 'string' || asked.has(key)) return;
    if (listener.asked(key)) asked.add(key);
  };
  return new Proxy(actual, {
    get(variables, key) {
      isCopying &&= key === described;
      if (!isCopied(key)) note(key);
      return variables[key as string];
    },
    has(variables, key) {
      note(key);
      return key in variables;
    },
    getOwnPropertyDescriptor(variables, key) {
      described = key;
      if (!isCopied(key)) note(key);
      return Reflect.getOwnPropertyDescriptor(variables, key);
    },
    ownKeys(variables) {
      isCopying = true;
      askedForNames ||= listener.askedForNames();
      return Reflect.ownKeys(variables);
    },
    deleteProperty(variables, key) {
      if (typeof key === 'string') asked.add(key);
      return Reflect.deleteProperty(variables, key);
    },
    set(variables, key, value: string) {
      if (typeof key === 'string') asked.add(key);
      variables[key as string] = value;
      return true;
    },
  });
}
