/** The part of a Jest config that sends specifiers elsewhere. */
export interface MapperConfig {
  moduleNameMapper?: readonly (readonly [string, string | readonly string[]])[];
}

/**
 * Where Jest's `moduleNameMapper` sends a specifier. Jest tries all targets in turn, so a file that is added at a target
 * of higher priority than the one found changes what is imported.
 *
 * Example: with `{ '^@/(.*)$': ['<rootDir>/src/$1', '<rootDir>/lib/$1'] }`, `@/a` gives `<rootDir>/src/a` and
 * `<rootDir>/lib/a`. If only `lib/a.js` exists, adding `src/a.js` changes what `@/a` means.
 *
 * Source: jest-resolve, `Resolver.resolveStubModuleName`.
 * @returns A function that gives names and paths in the order in which Jest tries them; null if no pattern matches.
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
