import type { Program } from 'acorn';
import { fingerprintAll } from '../syntax/hash';
import { asBlocksError, parseProgram } from '../syntax/parse';
import { removeCounters, type Instrumentation } from '../counters/remove-counters';
import type { BlockKind } from './sites';
import type { BlockTree, TreeOptions } from './block-node';
import { buildBlockTree } from './block-tree';

/** A part of a program that runs as a whole or not at all. Changes are compared by blocks. */
export interface Block {
  /** Index of the block around it. -1 for the module. */
  parent: number;
  kind: BlockKind;
  /** The name of the nearest function. Empty if there is none. */
  name: string;
  /** Offsets in the parsed text. */
  start: number;
  end: number;
  /** Eight bytes. Equal if the block's syntax, its place in the tree and everything around it are equal. */
  fingerprint: Buffer;
}

/**
 * Returns the blocks of a text.
 * @returns The blocks in tree order: parents come before children, and the module is the first.
 * @throws {BlocksError} If the text is not JavaScript that can be parsed.
 */
export function readBlocks(code: string, options: TreeOptions): Block[] {
  return asBlocks(readBlockNodes(code, options).tree);
}

/**
 * Returns the syntax of a text and the nodes of its blocks. It throws the same errors as `readBlocks`. Neither result
 * contains the counters of an instrumented text.
 */
export function readBlockNodes(
  code: string,
  options: TreeOptions & { isInstrumented?: boolean },
): { program: Program; tree: BlockTree; instrumentation: Instrumentation | null } {
  const program = parseProgram(code, options.form);
  try {
    const instrumentation = options.isInstrumented === true ? removeCounters(program) : null;
    const tree = buildBlockTree(program, code, { ...options, instrumentation });
    return { program, tree, instrumentation };
  } catch (error) {
    throw asBlocksError(error);
  }
}

/** Returns the blocks of a tree with their fingerprints. */
export function asBlocks({ nodes, declarations }: BlockTree): Block[] {
  const fingerprints = fingerprintAll(nodes, declarations);
  return nodes.map(({ parent, kind, name, start, end }, index) => {
    const fingerprint = fingerprints[index] ?? Buffer.alloc(0);
    return { parent, kind, name, start, end, fingerprint };
  });
}
