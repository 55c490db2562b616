/** How Jest's command line declares one option (`yargsOptions` of jest-cli). */
export interface OptionDeclaration {
  alias?: string | string[];
  type?: string;
  requiresArg?: boolean;
}

/** Jest's options by name. */
export type OptionTable = Record<string, OptionDeclaration>;

/** The value of an option as `readArguments` parses it. */
export type ArgumentValue = boolean | string | string[];

/** One option of a command line. */
export interface GivenOption {
  /** The name in Jest's table, in camel case: `--env` is `testEnvironment`, `-t` is `testNamePattern`. */
  name: string;
  /** The option as typed, without its value: `--env`, `-t`. */
  spelled: string;
  value: ArgumentValue;
  /** The index of the argument that contains the option. */
  from: number;
  /** The index after its last value. */
  to: number;
}

/** A command line, parsed as Jest parses it. */
export interface GivenArguments {
  options: GivenOption[];
  /** All arguments that belong to no option, in order, including everything after `--`. */
  positionals: string[];
}

const NEGATIVE_NUMBER = /^-(\d+(\.\d+)?|\.\d+)$/;

/** Names that some Jest versions declare as separate options, by the option they are an alias of. */
const SYNONYMS: Record<string, string> = {
  env: 'testEnvironment',
  collectCoverage: 'coverage',
  colors: 'color',
};

/**
 * Parses a Jest command line like yargs-parser in Jest's configuration (greedy arrays, `--no-x`, kebab case, groups
 * of short options). Every argument that is not ours must have the same meaning with and without jest-testmon.
 * @param args The arguments, without node and script.
 * @param table Jest's own options. An unknown option takes the next argument as its value, unless that is an option.
 */
export function readArguments(args: readonly string[], table: OptionTable): GivenArguments {
  const declared = new DeclaredOptions(table);
  const options: GivenOption[] = [];
  const positionals: string[] = [];

  const add = (key: string, spelled: string, value: ArgumentValue, from: number, to: number) => {
    options.push({ name: declared.nameOf(key), spelled, value, from, to });
    return to;
  };

  for (let index = 0; index < args.length;) {
    const argument = args[index] ?? '';
    if (argument === '--') {
      positionals.push(...args.slice(index + 1));
      break;
    }
    const assignment = /^--([^=]+)=([\s\S]*)$/.exec(argument);
    const negation = /^--no-(.+)/.exec(argument);
    if (assignment !== null) {
      const key = assignment[1] ?? '';
      const taken = takeValue(args, index, declared.kindOf(key), assignment[2] ?? '');
      index = add(key, `--${key}`, taken.value, index, taken.to);
    } else if (negation !== null) {
      index = add(negation[1] ?? '', argument, false, index, index + 1);
    } else if (/^--[^-]/.test(argument)) {
      const key = argument.slice(2);
      const taken = takeValue(args, index, declared.kindOf(key));
      index = add(key, argument, taken.value, index, taken.to);
    } else if (/^-[^-]/.test(argument) && !NEGATIVE_NUMBER.test(argument)) {
      const from = index;
      for (const letter of readCluster(args, index, declared)) {
        index = add(letter.key, `-${letter.key}`, letter.value, from, letter.to);
      }
    } else {
      positionals.push(argument);
      index += 1;
    }
  }
  return { options, positionals };
}

/**
 * Removes the options with the given names. All other arguments stay unchanged and in order.
 * @param args The arguments that `given` was parsed from.
 * @param separator An option without a value and without effect. It replaces a removed option if a positional
 *   argument follows, because an option further left could take that argument as its value.
 */
export function withoutOptions(
  args: readonly string[],
  given: GivenArguments,
  names: ReadonlySet<string>,
  separator: string,
): string[] {
  const rest: string[][] = args.map((argument) => [argument]);
  for (const option of given.options) {
    if (!names.has(option.name)) continue;
    const kept = given.options
      .filter((other) => other.from === option.from && !names.has(other.name))
      .map((other) => other.spelled.slice(1));
    const next = args[option.to];
    // A group such as `-ic path` keeps the letters that are not removed.
    rest[option.from] = [
      ...(kept.length === 0 ? [] : [`-${kept.join('')}`]),
      ...(isValue(next) || next === '--' ? [separator] : []),
    ];
    for (let index = option.from + 1; index < option.to; index += 1) rest[index] = [];
  }
  return rest.flat();
}

type Kind = 'boolean' | 'array' | 'text' | 'unknown';

class DeclaredOptions {
  readonly #names = new Map<string, string>();

  constructor(private readonly table: OptionTable) {
    for (const [name, { alias = [] }] of Object.entries(table)) {
      this.#names.set(name, name);
      for (const other of [alias].flat()) this.#names.set(other, name);
    }
  }

  kindOf(key: string): Kind {
    const declaration = this.table[this.#declared(key)];
    if (declaration?.type === 'boolean') return 'boolean';
    if (declaration?.type === 'array') return 'array';
    return declaration?.type === 'string' || declaration?.requiresArg === true ? 'text' : 'unknown';
  }

  nameOf(key: string): string {
    const name = this.#declared(key);
    return SYNONYMS[name] ?? name;
  }

  #declared(key: string): string {
    const camel = key.replace(/-+([^-])/g, (_, letter: string) => letter.toUpperCase());
    return this.#names.get(key) ?? this.#names.get(camel) ?? camel;
  }
}

interface Taken {
  value: ArgumentValue;
  to: number;
}

/**
 * Parses the value of the option at `index`.
 * @param assigned The text after the option's `=`, if there is one.
 */
function takeValue(args: readonly string[], index: number, kind: Kind, assigned?: string): Taken {
  const next = args[index + 1];
  switch (kind) {
    case 'array': {
      const values = assigned === undefined ? [] : [assigned];
      let to = index + 1;
      while (to < args.length && isValue(args[to])) values.push(args[to++] ?? '');
      return { value: values, to };
    }
    case 'boolean':
      if (assigned !== undefined) return { value: assigned === 'true', to: index + 1 };
      if (next === 'true' || next === 'false') return { value: next === 'true', to: index + 2 };
      return { value: true, to: index + 1 };
    case 'text':
    case 'unknown':
      if (assigned !== undefined) return { value: assigned, to: index + 1 };
      if (isValue(next)) return { value: next, to: index + 2 };
      return { value: kind === 'text' ? '' : true, to: index + 1 };
  }
}

function isValue(argument: string | undefined): argument is string {
  return argument !== undefined && (!argument.startsWith('-') || NEGATIVE_NUMBER.test(argument));
}

/** Parses a group of short options, such as `-it name`, `-w4` or `-t=name`. The last one gets the value. */
function readCluster(
  args: readonly string[],
  index: number,
  declared: DeclaredOptions,
): (Taken & { key: string })[] {
  const argument = args[index] ?? '';
  const read: (Taken & { key: string })[] = [];
  for (let at = 1; at < argument.length; at += 1) {
    const key = argument.charAt(at);
    const kind = declared.kindOf(key);
    const rest = argument.slice(at + 1);
    if (rest.startsWith('='))
      return [...read, { key, ...takeValue(args, index, kind, rest.slice(1)) }];
    const attached = /^-?\d+(\.\d*)?(e-?\d+)?$/.test(rest) || /^\W/.test(rest);
    if (attached) return [...read, { key, ...takeValue(args, index, kind, rest), to: index + 1 }];
    if (rest === '') return [...read, { key, ...takeValue(args, index, kind) }];
    read.push({ key, value: kind === 'boolean' ? true : '', to: index + 1 });
  }
  return read;
}
