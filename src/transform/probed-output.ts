import * as fs from 'node:fs';
import * as path from 'node:path';
import type { TransformedSource, TransformOptions } from '@jest/transform';
import { findMapReference, insertProbes } from '../blocks';
import { contentHash } from '../dependencies/files/content';
import { packageFolder, realPath, toStored } from '../dependencies/files/paths';
import { swallowed } from '../terminal/debug';
import { probesAreOff } from './cache-key';
import { instrumented } from './instrument';
import { storedInput, type TransformInput } from './input-values';
import type { OutputInputs } from './output-inputs';

/** Files that are programs. Jest passes `.json` files to transformers too, but these are not programs. */
const PROGRAM =
  /\.(?:[cm]?[jt]sx?|vue|svelte|coffee|mdx?|es6|js\.flow)$|^(?!.*\.(?:json|node|wasm)$).*$/;

/** A source and the output of the user's transformer. */
export interface Transformed {
  source: string;
  /** Absolute path of the source. */
  file: string;
  options: TransformOptions<unknown>;
  output: TransformedSource;
  /** What the output was made from besides the source. Paths are absolute. */
  inputs: Partial<OutputInputs>;
  /** Whether the output is instrumented already, if Jest asks for that. */
  isInstrumented: boolean;
  /** Whether a transformer of the user made the output. */
  isTransformed: boolean;
}

/**
 * Inserts probes into the output of the user's transformer. If Jest asks for coverage, the output is instrumented
 * first, so that the coverage report covers only the user's code.
 * @param root The root that stored paths are relative to.
 * @returns The unchanged output if it must have no probes: in packages, in files that are not programs, and with V8
 *   coverage, which counts offsets in the output. Tests depend on such a file as a whole.
 */
export function withProbes(transformed: Transformed, root: string): TransformedSource {
  const { output, isInstrumented } = transformed;
  if (typeof output?.code !== 'string') return output;
  if (isInstrumented || !transformed.options.instrument) return withProbesIn(transformed, root);
  return withProbesIn({ ...transformed, output: instrumented(transformed, root) }, root);
}

function withProbesIn(transformed: Transformed, root: string): TransformedSource {
  const { file, options, output } = transformed;
  if (packageFolder(file) !== null || probesAreOff(options) || !PROGRAM.test(file)) return output;
  return probedForm(transformed, root) ?? output;
}

/**
 * @returns Null if the output is not JavaScript that can be parsed. It then runs unchanged, and tests depend on the
 *   whole file.
 */
function probedForm(transformed: Transformed, root: string): TransformedSource | null {
  const { source, file, options, output, inputs } = transformed;
  const extras = Object.entries(inputs)
    .filter(([, names]) => names.length > 0)
    .map(([key, names]) => [key, names.map((name) => asStored(root, name))] as const);
  try {
    const { code, map } = insertProbes(output.code, {
      form: options.supportsStaticESM ? 'module' : 'commonjs',
      root,
      injected: options.config.sandboxInjectedGlobals,
      path: toStored(root, realPath(file)),
      filename: file,
      contentHash: contentHash(source),
      isInstrumented: options.instrument,
      map: output.map ?? externalMap(output.code, file),
      ...(extras.length > 0 && { extras: Object.fromEntries(extras) }),
    });
    return { ...output, code, map: map as TransformedSource['map'] };
  } catch (error) {
    swallowed('transform', error, `putting probes into ${file}; it counts as a whole file`);
    return null;
  }
}

function asStored(root: string, input: string | TransformInput): string | TransformInput {
  return typeof input === 'string' ? toStored(root, realPath(input)) : storedInput(root, input);
}

/**
 * Reads the source map of code that was compiled before Jest runs. Such code names a map file next to it. Stack
 * traces need the map.
 */
function externalMap(code: string, file: string): object | null {
  const reference = findMapReference(code);
  if (reference === null || /^[a-z]+:/i.test(reference)) return null;
  try {
    const place = path.resolve(path.dirname(file), reference);
    const map = JSON.parse(fs.readFileSync(place, 'utf8')) as {
      sources?: string[];
      sourceRoot?: string;
    };
    const base = path.resolve(path.dirname(place), map.sourceRoot ?? '');
    return {
      ...map,
      sourceRoot: '',
      sources: map.sources?.map((source) => path.resolve(base, source)),
    };
  } catch {
    // The map is missing or is not JSON. Jest fails to read it in the same way.
    return null;
  }
}
