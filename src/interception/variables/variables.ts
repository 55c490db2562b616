/** Is told which environment variables code asks for. */
export interface VariableListener {
  /** @returns False where it should be told again when the variable is asked for again. */
  asked(name: string): boolean;
  /** Code asked which variables there are. Returns as `asked` does. */
  askedForNames(): boolean;
}

/** Variables that report whoever asks for one; what code sets or deletes itself is no input. */
export function watchedVariables(
  actual: NodeJS.ProcessEnv,
  listener: VariableListener,
): NodeJS.ProcessEnv {
  const asked = new Set<string>();
  let askedForNames = false;
  const note = (key: string | symbol) => {
    if (typeof key !== 'string' || asked.has(key)) return;
    if (listener.asked(key)) asked.add(key);
  };
  return new Proxy(actual, {
    get(variables, key) {
      note(key);
      return variables[key as string];
    },
    has(variables, key) {
      note(key);
      return key in variables;
    },
    getOwnPropertyDescriptor(variables, key) {
      note(key);
      return Reflect.getOwnPropertyDescriptor(variables, key);
    },
    ownKeys(variables) {
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
