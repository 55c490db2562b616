import { OF_SCRIPTS } from '../../dependencies/script-variables';

/** Receives which environment variables code reads. */
export interface VariableListener {
  /** @returns False if the next read of this variable must be reported too. */
  asked(name: string): boolean;
  /** Code asked for the names of all variables. Returns as `asked` does. */
  askedForNames(): boolean;
}

/**
 * Variables that report each read. What code sets or deletes itself is not an input. `util.inspect` looks behind the
 * outermost proxy, so there are two.
 */
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
  const handler: ProxyHandler<NodeJS.ProcessEnv> = {
    get(variables, key, receiver) {
      isCopying &&= key === described;
      if (!isCopied(key)) note(key);
      return Reflect.get(variables, key, receiver === watched ? variables : receiver) as unknown;
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
      const isDeleted = Reflect.deleteProperty(variables, key);
      if (isDeleted && typeof key === 'string') asked.add(key);
      return isDeleted;
    },
    set(variables, key, value: string, receiver) {
      // An object that inherits from the variables may get a property of its own.
      if (receiver !== watched) return Reflect.set(variables, key, value, receiver);
      // An assignment throws what it would throw without us.
      variables[key as string] = value;
      if (typeof key === 'string') asked.add(key);
      return true;
    },
  };
  const watched: NodeJS.ProcessEnv = new Proxy(new Proxy(actual, handler), {});
  return watched;
}
