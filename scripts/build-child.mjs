// Bundles what child processes of tests load into one file in place of the dozen that it is made of: every child pays for it.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (name) => fileURLToPath(new URL(`../dist/worker/child/${name}.js`, import.meta.url));

await build({
  entryPoints: [at('report')],
  outfile: at('report'),
  allowOverwrite: true,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
});
// Nobody else loads these.
for (const name of ['report-writer', 'reporting-sink', 'uncaught']) rmSync(at(name));
