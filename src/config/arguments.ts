/** How Jest's command line declares one option (`yargsOptions` of jest-cli). */
export interface OptionDeclaration {
  alias?: string | string[];
  type?: string;
  requiresArg?: boolean;
}

/** Jest's options by name. */
export type OptionTable = Record<string, OptionDeclaration>;

export type ArgumentValue = boolean | string | string[];

/** One option as it was given. */
export interface GivenOption {
  /** The name in Jest's table, in camel case: `--env` is `testEnvironment`, `-t` is `testNamePattern`. */
  name: string;
  /** As a person typed it, without its value: `--env`, `-t`. */
  spelled: string;
  value: ArgumentValue;
  /** Index of the argument that holds the option. */
  from: number;
  /** Index after its last value. */
  to: number;
}

/** A command line, taken apart as Jest's own parser does it. */
export interface GivenArguments {
  options: GivenOption[];
  /** What belongs to no option, in order, with everything after `--`. */
  positionals: string[];
}

const NEGATIVE_NUMBER = /^-(\d+(\.\d+)?|\.\d+)$/;

/** Names that some Jest versions declare as options of their own beside the one they stand for. */
const SYNONYMS: Record<string, string> = {
  env: 'testEnvironment',
  collectCoverage: 'coverage',
  colors: 'color',
};

/**
 * Takes a Jest command line apart. Follows yargs-parser as Jest configures it (greedy arrays, `--no-x`, kebab case,
 * clusters of short options), because every argument that is not ours must mean the same with and without us.
 * @param args The arguments, without node and script.
 * @param table Jest's own options; an option it does not know takes the next argument that is not an option.
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
 * The arguments without the options of the given names, everything else untouched and in order.
 * @param args The arguments that `given` was read from.
 * @param separator An option without a value that changes nothing. It stands where an option was taken out before
 * something that is no option, which an option further left would take for its value otherwise.
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
    // A cluster such as `-ic path` keeps the letters that are not taken out.
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

/** Reads the value of the option at `index`; `assigned` is what stands after its `=`. */
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

/** `-it name`, `-w4`, `-t=name`: one option per letter, the last one with the value. */
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
