/** The part of a Jest config that sends specifiers elsewhere. */
export interface MapperConfig {
  moduleNameMapper?: readonly (readonly [string, string | readonly string[]])[];
}

/**
 * Where Jest's `moduleNameMapper` sends a specifier.
 * Source: jest-resolve, `Resolver.resolveStubModuleName`.
 * @returns Null where it does not decide on it, else names and paths in the order in which Jest tries them.
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
