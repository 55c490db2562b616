import { createRequire } from 'node:module';
import type { TransformedSource, TransformOptions } from '@jest/transform';
import { getOrCreate } from '../dependencies/get-or-create';
import { fromJest } from '../run/user-jest';
import { swallowed } from '../terminal/debug';

/** The output of the user's transformer for a file. */
interface Uninstrumented {
  file: string;
  options: TransformOptions<unknown>;
  output: TransformedSource;
  isTransformed: boolean;
}

/** What Jest instruments with, loaded from the project's own Jest. */
interface Instrumenter {
  transformSync: (
    code: string,
    options: object,
  ) => { code?: string | null; map?: object | null } | null;
  plugin: unknown;
  mapOf: (code: string) => object | null;
}

/**
 * Instruments an output as Jest does for a transformer that does not do it itself. Source: `_buildTransformResult`
 * and `_instrumentFile` of Jest's `ScriptTransformer`.
 * @param root The root that stored paths are relative to.
 */
export function instrumented(transformed: Uninstrumented, root: string): TransformedSource {
  const { file, options, output, isTransformed } = transformed;
  const { transformSync, plugin, mapOf } = getOrCreate(instrumenters, root, () => load(root));
  const { code } = output;
  // As Jest does: whether there is no map, or null, or an empty text, stands in the coverage data.
  const map = given(output.map) ?? mapOf(code) ?? (isTransformed ? output.map : null);
  const result = transformSync(code, {
    auxiliaryCommentBefore: ' istanbul ignore next ',
    babelrc: false,
    caller: {
      name: '@jest/transform',
      supportsDynamicImport: options.supportsDynamicImport,
      supportsExportNamespaceFrom: options.supportsExportNamespaceFrom,
      supportsStaticESM: options.supportsStaticESM,
      supportsTopLevelAwait: options.supportsTopLevelAwait,
    },
    configFile: false,
    filename: file,
    plugins: [
      [
        plugin,
        {
          compact: false,
          cwd: options.config.rootDir,
          exclude: [],
          extension: false,
          inputSourceMap: map,
          useInlineSourceMaps: false,
        },
      ],
    ],
    sourceMaps: (map !== null && map !== undefined) || !isTransformed ? 'both' : false,
  });
  if (typeof result?.code !== 'string') return output;
  return { ...output, code: result.code, map: (result.map ?? null) as TransformedSource['map'] };
}

const instrumenters = new Map<string, Instrumenter>();

function given(map: TransformedSource['map']): TransformedSource['map'] | null {
  return map === undefined || map === null || map === '' ? null : map;
}

/** @throws If Jest's own instrumenter cannot be loaded. In that case Jest itself fails earlier. */
function load(root: string): Instrumenter {
  const jest = fromJest('@jest/transform', root);
  const load = createRequire(jest.resolve('@jest/transform'));
  const { transformSync } = load('@babel/core') as Pick<Instrumenter, 'transformSync'>;
  const plugin = load('babel-plugin-istanbul') as { default?: unknown };
  const { fromSource } = load('convert-source-map') as {
    fromSource: (code: string) => { toObject(): object } | null;
  };
  return {
    transformSync,
    plugin: plugin.default ?? plugin,
    mapOf: (code) => {
      try {
        return fromSource(code)?.toObject() ?? null;
      } catch (error) {
        swallowed('transform', error, 'reading the source map in an output; it is done without');
        return null;
      }
    },
  };
}
