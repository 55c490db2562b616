/**
 * Native code opens files by itself, so nobody can see which. This table says what it may read. The names are those of
 * packages in the registry.
 */

/** What native code may read in the folder that it works in. */
export interface NativeReads {
  /** Matches the names of the files. Missing if it may be any file. */
  names?: RegExp;
}

const DATABASES = /\.(?:s?db3?|sqlite[23]?|duckdb|parquet)$/i;
const IMAGES = /\.(?:png|jpe?g|webp|gif|svg|avif|tiff?|hei[cf]|bmp|ico|pdf|[ot]tf|ttc|woff2?)$/i;

const ADDONS: readonly (readonly [addon: RegExp, reads: NativeReads])[] = [
  [/^node:sqlite$/, { names: DATABASES }],
  [inPackages('better-sqlite3|sqlite3|@libsql|libsql|duckdb|@duckdb'), { names: DATABASES }],
  [inPackages('sharp|@img|canvas|@napi-rs/canvas|skia-canvas|@resvg'), { names: IMAGES }],
  [
    inPackages(
      '@swc/core|lightningcss|@rspack/binding|@rolldown|@parcel/(?!watcher)|@?oxc-|@tailwindcss/oxide|node-sass',
    ),
    {},
  ],
];

function inPackages(names: string): RegExp {
  return new RegExp(`/node_modules/(?:${names})[^/]*/.*\\.node$`);
}

/**
 * Returns what an addon or a module of Node may read. Null if it reads nothing, or is not known.
 * @param request Absolute path of the addon, or the name of the module.
 * @param asking The module that loads it. Only Jest's runtime loads something for a test.
 */
export function nativeReads(request: string, asking: unknown): NativeReads | null {
  if (!request.endsWith('.node') && !request.startsWith('node:')) return null;
  const file = (asking as { filename?: unknown } | undefined)?.filename;
  if (typeof file !== 'string' || !/[\\/]jest-runtime[\\/]/.test(file)) return null;
  const name = request.replaceAll('\\', '/');
  return ADDONS.find(([addon]) => addon.test(name))?.[1] ?? null;
}
