import type { GivenArguments, OptionTable } from '../arguments';

/** The options of a command line in the form that jest-config reads. */
export type Argv = Record<string, unknown>;

/**
 * Converts a command line for jest-config. Path patterns are left out: they configure nothing, and Jest would print a
 * warning about an invalid one each time.
 * @param table Jest's options. Unknown ones are left out, because everything in an argv overrides the config.
 */
export function toArgv(given: GivenArguments, table: OptionTable): Argv {
  const argv: Argv = { $0: 'jest', _: [] };
  for (const { name, value } of given.options) {
    if (!Object.hasOwn(table, name)) continue;
    const before = argv[name];
    // yargs converts number options, and Jest checks their type.
    const isNumber = table[name]?.type === 'number' && typeof value === 'string';
    const read = isNumber ? Number(value) : value;
    // yargs collects the values of a repeated option in an array. Jest then refuses or misreads it, and we must do
    // the same.
    argv[name] =
      before === undefined || table[name]?.type === 'boolean' ? read : [before, read].flat();
  }
  delete argv['testPathPatterns'];
  delete argv['testPathPattern'];
  return argv;
}
