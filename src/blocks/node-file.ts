import { createHash } from 'node:crypto';
import { FINGERPRINT_BYTES } from './syntax/hash';
import { lineStarts, ENGINE_BREAK, lastAtMost } from './syntax/lines';
import type { ProbeMetadata } from './probes/metadata';
import type { Form } from './syntax/parse';
import { encodeLocations } from './probes/locations';
import { asBlocks, readBlockNodes } from './tree/read';
import type { ScriptFunction } from './v8-coverage';
import { countsAt } from './v8-coverage';

/** A file that Node runs as it is written, without a transformer. */
export interface NodeFile {
  metadata: ProbeMetadata;
  /** The text that V8 sees. */
  code: string;
  /** For each block, its parent: -1 for the module. */
  parents: readonly number[];
  /** For each block, the offset where it begins to run. */
  starts: readonly number[];
}

/** What Node runs as JavaScript, whatever else is installed in the process. Programs without an extension are CommonJS. */
const RUNNABLE = /(?:^|[\\/])(?:[^\\/.]+|[^\\/]+\.[cm]?js)$/;

/** Where a file stands, and what it is. */
export interface NodeFileOptions {
  /** As the metadata is to name it. */
  path: string;
  contentHash: string;
  /** Absolute folder that texts are made independent of. */
  root: string;
}

/**
 * The blocks of a file that Node runs as it is written.
 * @param source The content of the file.
 * @returns Null where it cannot be parsed: it then counts by its text.
 */
export function readNodeFile(source: string, options: NodeFileOptions): NodeFile | null {
  if (!RUNNABLE.test(options.path)) return null;
  const code = source.replace(/^\uFEFF/, '');
  for (const form of formsOf(options.path)) {
    try {
      return readAs(form, code, options);
    } catch {
      // A text that is no CommonJS may be an ES module.
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
      places: encodeLocations(
        blocks.map(({ start, end, name }) => ({
          line: lineAt(start),
          endLine: lineAt(Math.max(start, end - 1)),
          name,
        })),
      ),
    },
    code,
    parents: drafts.map(({ parent }) => parent),
    starts: drafts.map(({ site }) => site.start),
  };
}

/** The first line may say what runs the file, and no syntax has it. */
function seeded(seed: string, fingerprint: Buffer): Buffer {
  return createHash('sha1')
    .update(seed)
    .update(fingerprint)
    .digest()
    .subarray(0, FINGERPRINT_BYTES);
}

/** All of them, for want of a better answer. */
export function allBlocks(file: NodeFile): Uint8Array {
  return new Uint8Array(file.parents.length).fill(1);
}

/**
 * Which blocks of a file ran, by what V8 counted.
 * @param functions All that it says of one script.
 * @returns A byte for each block; null where V8 saw another text than the file's, or no count can be trusted.
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
  // Parents come before their children, so that going back reaches all that are around one.
  for (let block = executed.length - 1; block >= 0; block -= 1) {
    if (executed[block] === 0 && (counts[block] ?? 1) === 0) continue;
    executed[block] = 1;
    const parent = file.parents[block] ?? -1;
    if (parent >= 0) executed[parent] = 1;
  }
  return executed;
}

/**
 * V8 has functions for a constructor that nobody wrote and for fields, whose ranges reach over parts of the class that
 * run without them: what the class extends, computed names.
 */
function isPartOfClass({ functionName, ranges: [whole] }: ScriptFunction, code: string): boolean {
  return (
    functionName?.startsWith('<') === true ||
    (whole !== undefined && code.startsWith('class', whole.startOffset))
  );
}
