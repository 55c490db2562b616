// Bundles what the report's page shows into `dist/report/page/`: one script, one style sheet, the frame around them.
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const from = fileURLToPath(new URL('../src/report/page/', import.meta.url));
const to = fileURLToPath(new URL('../dist/report/page/', import.meta.url));

// The script is copied into every page, and d3's licence asks that its text goes with it. All its modules have the same.
const d3 = createRequire(import.meta.url).resolve('d3-scale');
const licence = readFileSync(join(dirname(dirname(d3)), 'LICENSE'), 'utf8').trim();

mkdirSync(to, { recursive: true });
cpSync(`${from}frame.html`, `${to}frame.html`);
await build({
  entryPoints: [`${from}main.ts`, `${from}page.css`],
  outdir: to,
  bundle: true,
  minify: true,
  format: 'iife',
  charset: 'utf8',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  banner: { js: `/*! With modules of d3 (d3js.org).\n${licence}\n*/` },
  logLevel: 'warning',
});
