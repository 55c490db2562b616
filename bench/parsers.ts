/**
 * Compares parsers on what transformers make of real sources: `npm run bench -- parsers [folder ...]`.
 * Prints the time per pass over all texts, and how much of `insertProbes` is parsing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parse as acorn } from 'acorn';
import * as ts from 'typescript';
import { insertProbes, readBlocks } from '../src/blocks';
import { printTable } from './support/results';

const PASSES = 5;
/** Our own sources where none are named. */
const folders =
  process.argv.length > 2 ? process.argv.slice(2) : [path.resolve(__dirname, '../src')];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sources(file);
    return /\.[cm]?[jt]sx?$/.test(entry.name) && !/\.d\.[cm]?ts$/.test(entry.name) ? [file] : [];
  });
}

interface Text {
  code: string;
  map: string | undefined;
}

function transformed(file: string): Text {
  const { outputText, sourceMapText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    fileName: file,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      jsx: ts.JsxEmit.ReactJSXDev,
      sourceMap: true,
    },
  });
  return { code: outputText.replace(/\/\/# sourceMappingURL=.*/, ''), map: sourceMapText };
}

const options = {
  form: 'commonjs',
  root: '/project',
  path: 'a.js',
  filename: '/project/a.js',
  contentHash: '',
} as const;

type Parse = (text: Text) => unknown;

/** The parsers to compare with; they are no dependencies: `npm install --no-save oxc-parser meriyah` brings them. */
async function others(): Promise<Record<string, Parse>> {
  const found: Record<string, Parse> = {};
  const [oxcName, meriyahName] = ['oxc-parser', 'meriyah'];
  try {
    const oxc = (await import(oxcName)) as {
      parseSync(name: string, code: string, options: object): { program: { body: unknown[] } };
    };
    found['oxc-parser, program read'] = ({ code }) =>
      oxc.parseSync('a.js', code, { sourceType: 'commonjs' }).program.body.length;
    const meriyah = (await import(meriyahName)) as {
      parse(code: string, options: object): unknown;
    };
    found['meriyah'] = ({ code }) =>
      meriyah.parse(code, { next: true, ranges: true, globalReturn: true });
  } catch {
    console.log('To compare other parsers: npm install --no-save oxc-parser meriyah');
  }
  return found;
}

async function contenders(): Promise<Record<string, Parse>> {
  return {
    acorn: ({ code }) => acorn(code, { ecmaVersion: 'latest', sourceType: 'commonjs' }),
    ...(await others()),
    readBlocks: ({ code }) => readBlocks(code, options),
    'insertProbes, with a map': ({ code, map }) =>
      insertProbes(code, { ...options, map: map ?? null }),
    'insertProbes, without': ({ code }) => insertProbes(code, options),
  };
}

async function main(): Promise<void> {
  const all = await contenders();
  for (const folder of folders) {
    const texts = sources(folder).map(transformed);
    const size = texts.reduce((sum, { code }) => sum + code.length, 0);
    console.log(`\n${folder}: ${texts.length} files, ${Math.round(size / 1024)} kB transformed`);
    printTable(
      folder,
      Object.fromEntries(
        Object.entries(all).map(([name, parse]) => {
          const times: number[] = [];
          let failures = 0;
          for (let pass = 0; pass < PASSES; pass += 1) {
            const start = performance.now();
            failures = 0;
            for (const text of texts) {
              try {
                parse(text);
              } catch {
                failures += 1;
              }
            }
            times.push(performance.now() - start);
          }
          const best = Math.min(...times);
          const row = {
            'first pass, ms': Math.round(times[0] ?? 0),
            'best pass, ms': Math.round(best),
            'best, ms per 20 kB': Number(((best / size) * 20_480).toFixed(2)),
            failures,
          };
          return [name, row];
        }),
      ),
    );
  }
}

void main();
