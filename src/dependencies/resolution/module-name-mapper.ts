/** The key of a Jest config that maps specifiers. */
export interface MapperConfig {
  moduleNameMapper?: readonly (readonly [string, string | readonly string[]])[];
}

/**
 * Maps specifiers by Jest's `moduleNameMapper`. Jest tries all targets in turn, so adding a file at an earlier target
 * changes what is imported.
 *
 * Example: with `{ '^@/(.*)$': ['<rootDir>/src/$1', '<rootDir>/lib/$1'] }`, `@/a` is mapped to `<rootDir>/src/a` and
 * `<rootDir>/lib/a`. If only `lib/a.js` exists, adding `src/a.js` changes what `@/a` refers to.
 *
 * Source: jest-resolve, `Resolver.resolveStubModuleName`.
 * @returns A function that returns names and paths in the order in which Jest tries them. Null if no pattern matches.
 */
export function mappedSpecifiers({
  moduleNameMapper,
}: MapperConfig): (specifier: string) => readonly string[] | null {
  const patterns = (moduleNameMapper ?? []).map(
    ([pattern, to]) => [new RegExp(pattern), [to].flat()] as const,
  );
  return (specifier) => {
    for (const [pattern, names] of patterns) {
      const match = pattern.exec(specifier);
      if (match !== null)
        return names.map((name) =>
          name.replace(/\$(\d+)/g, (_, group: string) => match[Number(group)] ?? ''),
        );
    }
    return null;
  };
}
