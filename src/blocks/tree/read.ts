import type { Program } from 'acorn';
import { fingerprintAll } from '../syntax/hash';
import { asBlocksError, parseProgram } from '../syntax/parse';
import { removeCounters, type Instrumentation } from '../counters/remove-counters';
import type { BlockKind } from './sites';
import type { BlockTree, TreeOptions } from './block-node';
import { buildBlockTree } from './block-tree';

/** A part of a program that either runs or does not: the unit that changes are told apart by. */
export interface Block {
  /** Index of the block around it, -1 for the module. */
  parent: number;
  kind: BlockKind;
  /** The nearest function's name, or empty. */
  name: string;
  /** Offsets in the parsed text. */
  start: number;
  end: number;
  /** Eight bytes: equal where the block's syntax, its place and everything around it are equal. */
  fingerprint: Buffer;
}

/**
 * The blocks of a text.
 * @returns Tree order: parents before children, the module first.
 * @throws {BlocksError} Where the text is not JavaScript that can be parsed.
 */
export function readBlocks(code: string, options: TreeOptions): Block[] {
  return asBlocks(readBlockNodes(code, options).tree);
}

/**
 * The syntax of a text and what its blocks are made from. Throws as `readBlocks` does. Counters of an instrumented text are no
 * part of either.
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

/** The blocks of a tree with their fingerprints. */
export function asBlocks({ nodes, declarations }: BlockTree): Block[] {
  const fingerprints = fingerprintAll(nodes, declarations);
  return nodes.map(({ parent, kind, name, start, end }, index) => {
    const fingerprint = fingerprints[index] ?? Buffer.alloc(0);
    return { parent, kind, name, start, end, fingerprint };
  });
}
