import * as path from 'node:path';
import { getTsconfig, parseTsconfig, type TsConfigJson } from 'get-tsconfig';
import { packageFolder } from '../dependencies/packages/package-folder';

/** What a compiler of whole programs does, as its options say. */
export interface CompilerTraits {
  /** Whether it uses plug-ins. ts-jest gets them as `astTransformers`; ts-patch reads them from the tsconfig. */
  hasPlugins: boolean;
  /** Whether it compiles each file without the types of others. */
  isIsolated: boolean;
  /** Whether its output may lack the comments that TypeScript writes. */
  losesComments: boolean;
  /** The names of packages whose types are known without an import. */
  types: readonly string[];
}

/**
 * Reads the traits of a compiler. Where a config cannot be read, the compiler cannot read it either.
 * @param given The options of the transformer.
 * @param rootDir Absolute path of the project.
 */
export function compilerTraits(given: unknown, rootDir: string): CompilerTraits {
  const options = (given ?? {}) as {
    astTransformers?: Record<string, unknown> | unknown[];
    isolatedModules?: unknown;
    babelConfig?: unknown;
    tsconfig?: unknown;
  };
  const compiler = compilerOptions(options.tsconfig, rootDir);
  const plugins: unknown = compiler.plugins ?? [];
  const types: unknown = compiler.types ?? [];
  return {
    hasPlugins:
      Object.values(options.astTransformers ?? {}).flat().length > 0 ||
      (Array.isArray(plugins) && plugins.some((plugin) => isTransform(plugin))),
    isIsolated: options.isolatedModules === true || compiler.isolatedModules === true,
    losesComments: compiler.removeComments === true || Boolean(options.babelConfig),
    types: Array.isArray(types) ? types.filter((name) => typeof name === 'string') : [],
  };
}

function compilerOptions(tsconfig: unknown, rootDir: string): TsConfigJson.CompilerOptions {
  try {
    const config =
      typeof tsconfig === 'string'
        ? parseTsconfig(path.resolve(rootDir, tsconfig.replace('<rootDir>', rootDir)))
        : getTsconfig(rootDir)?.config;
    return { ...config?.compilerOptions, ...(typeof tsconfig === 'object' ? tsconfig : null) };
  } catch {
    // As described above.
    return {};
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
