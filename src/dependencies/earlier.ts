import * as path from 'node:path';
import { isWithin } from './paths';

/** The parts of a Jest config that name several places for one module, in the order in which they are tried. */
export interface SearchConfig {
  modulePaths?: readonly string[];
  moduleDirectories?: readonly string[];
  moduleNameMapper?: readonly (readonly [string, string | readonly string[]])[];
}

/**
 * The folders that Jest searches one after the other for the same module.
 * Source: Jest's documentation of `modulePaths` and of `moduleNameMapper` with several paths.
 * @returns Lists of absolute folders, each in the order of the search.
 */
export function searchOrders({ modulePaths, moduleNameMapper }: SearchConfig): string[][] {
  const mapped = (moduleNameMapper ?? []).flatMap(([, targets]) => {
    if (typeof targets === 'string' || targets.length < 2) return [];
    // A path up to its first captured part is the folder that the rest is looked for in.
    return [
      targets.map((target) => path.resolve(target.replace(/\$.*$/, '').replace(/[\\/]$/, ''))),
    ];
  });
  return [[...(modulePaths ?? [])], ...mapped].filter((order) => order.length > 1);
}

/**
 * Where a module would have been found earlier in the search.
 * @param file Absolute path of where it was found.
 * @returns Absolute paths.
 */
export function earlierPlaces(file: string, orders: readonly string[][]): string[] {
  return orders.flatMap((order) => {
    const found = order.findIndex((folder) => isWithin(folder, file));
    const winner = order[found];
    if (winner === undefined) return [];
    return order.slice(0, found).map((folder) => path.join(folder, path.relative(winner, file)));
  });
}

/**
 * Where Jest's `moduleNameMapper` sends a specifier.
 * Source: jest-resolve, `Resolver.resolveStubModuleName`.
 * @returns Null where it does not decide on it, else names and paths in the order in which Jest tries them.
 */
export function mappedSpecifiers({
  moduleNameMapper,
}: SearchConfig): (specifier: string) => readonly string[] | null {
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
