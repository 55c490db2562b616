/** The keys of a Jest config that say which extensions an import may omit. */
export interface ExtensionsConfig {
  moduleFileExtensions: readonly string[];
  haste?: { defaultPlatform?: string | null; platforms?: readonly string[] };
}

/**
 * Returns the extensions that Jest tries, in order. Those of a platform come first, as in React Native. Source: the
 * constructor of jest-resolve's `Resolver`.
 * @returns Without the leading dot.
 */
export function moduleExtensions({
  moduleFileExtensions,
  haste = {},
}: ExtensionsConfig): readonly string[] {
  const platforms = [
    haste.defaultPlatform,
    haste.platforms?.includes('native') === true ? 'native' : null,
  ].filter((platform) => platform != null);
  return platforms.length === 0
    ? moduleFileExtensions
    : [
        ...platforms.flatMap((platform) =>
          moduleFileExtensions.map((extension) => `${platform}.${extension}`),
        ),
        ...moduleFileExtensions,
      ];
}
