import * as path from 'node:path';
import { getTsconfig, parseTsconfig } from 'get-tsconfig';

/**
 * Whether plug-ins take part in compiling: those that ts-jest is given as `astTransformers`, and those of ts-patch, which
 * stand in the tsconfig.
 * @param options What the transformer is given.
 * @param rootDir Absolute path of the project.
 */
export function hasCompilerPlugins(options: unknown, rootDir: string): boolean {
  const { astTransformers, tsconfig } = (options ?? {}) as {
    astTransformers?: Record<string, unknown> | unknown[];
    tsconfig?: unknown;
  };
  if (Object.values(astTransformers ?? {}).flat().length > 0) return true;
  try {
    const config =
      typeof tsconfig === 'string'
        ? parseTsconfig(path.resolve(rootDir, tsconfig.replace('<rootDir>', rootDir)))
        : getTsconfig(rootDir)?.config;
    const own = typeof tsconfig === 'object' ? (tsconfig as { plugins?: unknown } | null) : null;
    const plugins: unknown = own?.plugins ?? config?.compilerOptions?.plugins;
    return Array.isArray(plugins) && plugins.some((plugin) => isTransform(plugin));
  } catch {
    // The compiler cannot read it either.
    return false;
  }
}

function isTransform(plugin: unknown): boolean {
  return typeof plugin === 'object' && plugin !== null && 'transform' in plugin;
}

/** What a compiler reads of the program itself: that is known from what the sources import. */
const OF_PROGRAM =
  /(?<!\.d)\.[cm]?tsx?$|\.[cm]?jsx?$|[\\/]package\.json$|[\\/][jt]sconfig[^\\/]*\.json$/;

/** The files that a compiler or its plug-ins read besides, declarations that no source imports among them. */
export function besidesProgram(files: readonly string[]): string[] {
  return files.filter((file) => !OF_PROGRAM.test(file));
}
