import type { GivenArguments, OptionTable } from '../arguments';

/** The options of a command line in the form that jest-config reads them. */
export type Argv = Record<string, unknown>;

/**
 * What jest-config has to know of a command line. Path patterns stay out: they configure nothing, and Jest complains
 * about an invalid one each time it reads it.
 * @param table Only options that Jest knows count, because everything in an argv overrides the config.
 */
export function toArgv(given: GivenArguments, table: OptionTable): Argv {
  const argv: Argv = { $0: 'jest', _: [] };
  for (const { name, value } of given.options) {
    if (!Object.hasOwn(table, name)) continue;
    const before = argv[name];
    // yargs makes a number of what looks like one; the values that are checked for being numbers need it.
    const isNumber = table[name]?.type === 'number' && typeof value === 'string';
    const read = isNumber ? Number(value) : value;
    // An option without a list that is given twice becomes one all the same, which Jest then refuses or misreads.
    argv[name] =
      before === undefined || table[name]?.type === 'boolean' ? read : [before, read].flat();
  }
  delete argv['testPathPatterns'];
  delete argv['testPathPattern'];
  return argv;
}
