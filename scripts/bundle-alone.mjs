// Bundles what is loaded without the rest of our code into files of their own: what child processes of tests load, which
// every child pays for, and the compile cache, which the rest is loaded through.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (name) => fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));

/** By bundle: what nobody else loads. */
const BUNDLES = {
  'interception/child/report': [
    'interception/child/modules',
    'interception/child/report-writer',
    'interception/child/reporting-sink',
    'interception/child/uncaught',
  ],
  'compile-cache/index': [
    'compile-cache/archive',
    'compile-cache/cache-file',
    'compile-cache/later-imports',
    'compile-cache/modules',
  ],
};

for (const [name, parts] of Object.entries(BUNDLES)) {
  await build({
    entryPoints: [at(name)],
    outfile: at(name),
    allowOverwrite: true,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  for (const part of parts) rmSync(at(part));
}
