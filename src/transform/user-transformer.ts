import { createRequire } from 'node:module';
import type {
  AsyncTransformer,
  SyncTransformer,
  Transformer,
  TransformerFactory,
} from '@jest/transform';
import { importFile } from '../run/import-file';
import { withoutOurFrames } from '../run/own-frames';

/** A transformer of any kind. Each method may be missing. */
export type AnyTransformer = Partial<SyncTransformer<unknown>> &
  Partial<Omit<AsyncTransformer<unknown>, 'process' | 'getCacheKey'>>;

type TransformerModule = Transformer<unknown> | TransformerFactory<Transformer<unknown>>;

/**
 * Loads the user's transformer as Jest does. It may be CommonJS or an ES module, and an object or a factory. Source:
 * `ScriptTransformer.loadTransformers` and `requireOrImportModule` in Jest.
 */
export async function loadTransformer(file: string, options: unknown): Promise<AnyTransformer> {
  const module = asTransformer(await requireOrImport(file));
  if ('createTransformer' in module && typeof module.createTransformer === 'function') {
    return await module.createTransformer(options);
  }
  return module as AnyTransformer;
}

async function requireOrImport(file: string): Promise<unknown> {
  if (!file.endsWith('.mjs')) {
    try {
      return createRequire(__filename)(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ERR_REQUIRE_ESM' && code !== 'ERR_REQUIRE_ASYNC_MODULE')
        throw withoutOurFrames(error);
    }
  }
  return importFile(file);
}

function asTransformer(module: unknown): TransformerModule {
  const { default: named, __esModule } = module as {
    default?: TransformerModule;
    __esModule?: boolean;
  };
  return named !== undefined && (__esModule === true || !('process' in (module as object)))
    ? named
    : (module as TransformerModule);
}
