import * as path from 'node:path';
import { getTsconfig, parseTsconfig } from 'get-tsconfig';
import { packageFolder } from '../dependencies/packages/package-folder';

/**
 * Whether a compiler uses plug-ins. ts-jest gets them as `astTransformers`; ts-patch reads them from the tsconfig.
 * @param options The options of the transformer.
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

/** The files of the program itself. That a compiler reads them is known already, from the imports of the sources. */
const OF_PROGRAM =
  /(?<!\.d)\.[cm]?tsx?$|\.[cm]?jsx?$|[\\/]package\.json$|[\\/][jt]sconfig[^\\/]*\.json$/;

/**
 * The other files that a compiler or its plug-ins read, such as declaration files that no source imports. Without those of
 * packages, of which a program holds hundreds.
 */
export function besidesProgram(files: readonly string[]): string[] {
  return files.filter((file) => !OF_PROGRAM.test(file) && packageFolder(file) === null);
}
