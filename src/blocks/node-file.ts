import { createHash } from 'node:crypto';
import { FINGERPRINT_BYTES } from './syntax/hash';
import { lineStarts, ENGINE_BREAK, lastAtMost } from './syntax/lines';
import type { ProbeMetadata } from './probes/metadata';
import type { Form } from './syntax/parse';
import { describePlaces } from './probes/locations';
import { asBlocks, readBlockNodes } from './tree/read';
import type { ScriptFunction } from './v8-coverage';
import { countsAt } from './v8-coverage';

/** A file that Node runs directly, without a transformer. */
export interface NodeFile {
  metadata: ProbeMetadata;
  /** The text that V8 sees. */
  code: string;
  /** For each block, its parent. -1 for the module. */
  parents: readonly number[];
  /** For each block, the offset where it begins to run. */
  starts: readonly number[];
}

/**
 * The files that Node always runs as JavaScript, even if a loader is installed. Programs without an extension are
 * CommonJS.
 */
const RUNNABLE = /(?:^|[\\/])(?:[^\\/.]+|[^\\/]+\.[cm]?js)$/;

/** The path and the content of a file, and the root. */
export interface NodeFileOptions {
  /** The path for the metadata. */
  path: string;
  contentHash: string;
  /** Absolute path of the folder that is replaced in texts, so that fingerprints do not depend on it. */
  root: string;
}

/**
 * Returns the blocks of a file that Node runs directly.
 * @param source The content of the file.
 * @returns Null if the file cannot be parsed. Tests then depend on its whole text.
 */
export function readNodeFile(source: string, options: NodeFileOptions): NodeFile | null {
  if (!RUNNABLE.test(options.path)) return null;
  const code = source.replace(/^\uFEFF/, '');
  for (const form of formsOf(options.path)) {
    try {
      return readAs(form, code, options);
    } catch {
      // A text that is not CommonJS may be an ES module.
    }
  }
  return null;
}

function formsOf(path: string): readonly Form[] {
  if (path.endsWith('.mjs')) return ['module'];
  return path.endsWith('.cjs') ? ['commonjs'] : ['commonjs', 'module'];
}

function readAs(form: Form, code: string, { path, contentHash, root }: NodeFileOptions): NodeFile {
  const { tree } = readBlockNodes(code, { form, root });
  const drafts = tree.nodes;
  const blocks = asBlocks(tree);
  const starts = lineStarts(code, ENGINE_BREAK);
  const lineAt = (offset: number): number => lastAtMost(starts, offset) + 1;
  const seed = `node;${/^#!.*/.exec(code)?.[0] ?? ''};`;
  return {
    metadata: {
      path,
      contentHash,
      form: 'node',
      fingerprints: Buffer.concat(blocks.map(({ fingerprint }) => seeded(seed, fingerprint))),
      places: describePlaces(tree, blocks, lineAt),
    },
    code,
    parents: drafts.map(({ parent }) => parent),
    starts: drafts.map(({ site }) => site.start),
  };
}

/**
 * Adds a seed to a fingerprint. The first line (`#!`) may say which program runs the file, but it is not part of the
 * syntax.
 */
function seeded(seed: string, fingerprint: Buffer): Buffer {
  return createHash('sha1')
    .update(seed)
    .update(fingerprint)
    .digest()
    .subarray(0, FINGERPRINT_BYTES);
}

/** Marks all blocks as executed, if it is unknown which of them were. */
export function allBlocks(file: NodeFile): Uint8Array {
  return new Uint8Array(file.parents.length).fill(1);
}

/**
 * Returns which blocks of a file ran, by V8's counts.
 * @param functions All functions of one script.
 * @returns A byte for each block. Null if V8 saw another text than the file's, or if no count can be trusted.
 */
export function executedBlocks(
  file: NodeFile,
  functions: readonly ScriptFunction[],
): Uint8Array | null {
  const [whole] = functions[0]?.ranges ?? [];
  if (whole === undefined || whole.startOffset !== 0 || whole.endOffset !== file.code.length)
    return null;
  const counts = countsAt(
    functions.filter((one, index) => index === 0 || !isPartOfClass(one, file.code)),
    file.starts,
  );
  const executed = new Uint8Array(file.parents.length);
  // Parents come before their children. So going backwards reaches all ancestors of a block.
  for (let block = executed.length - 1; block >= 0; block -= 1) {
    if (executed[block] === 0 && (counts[block] ?? 1) === 0) continue;
    executed[block] = 1;
    const parent = file.parents[block] ?? -1;
    if (parent >= 0) executed[parent] = 1;
  }
  return executed;
}

/**
 * V8 reports functions for implicit constructors and for fields. Their ranges cover parts of the class that run
 * without them: the superclass expression and computed names.
 */
function isPartOfClass({ functionName, ranges: [whole] }: ScriptFunction, code: string): boolean {
  return (
    functionName?.startsWith('<') === true ||
    (whole !== undefined && code.startsWith('class', whole.startOffset))
  );
}
