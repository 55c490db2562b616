import { BlocksError } from '../error';
import { counterTable, type CounterTable } from '../counters/counter-table';
import { declaresGlobalThis } from '../syntax/global-this';
import { findInlineMap, inlineMapComment } from './inline-map';
import { insertAll, Shifts, type Insertion } from './insertions';
import { lineStarts, MAP_BREAK } from '../syntax/lines';
import { encodeMetadata } from './metadata';
import { ownMap } from './own-map';
import { describePlaces, lineFinder } from './locations';
import type { Links } from '../declarations/links';
import { initialiser, prelude, variableFor } from './prelude';
import { asBlocks, readBlockNodes, type Block } from '../tree/read';
import { readMap, shiftMap, type SourceMap } from './source-map';
import { MARK } from './strip';
import type { BlockNode, BlockTree, TreeOptions } from '../tree/block-node';

export interface ProbeOptions extends TreeOptions {
  /** The path of the file, for the metadata. */
  path: string;
  /** Absolute path. Stack traces show it if there is no other source map. */
  filename: string;
  /** Hash of the source text, for the metadata. */
  contentHash: string;
  /** The transformer's source map, if it is separate from the code. */
  map?: object | string | null;
  /**
   * Whether the text contains istanbul's counters. Fingerprints ignore them. The metadata says which block contains
   * which counter.
   */
  isInstrumented?: boolean;
  /** Additional data for the metadata, as JSON can express it. */
  extras?: object;
}

export interface Probed {
  code: string;
  /** Null if the code contains its map in a comment, as it did before. */
  map: object | null;
  blocks: Block[];
}

/**
 * Inserts a probe into each block: it stores one byte, which says that the block ran. The code does the same as
 * before, each line keeps its number, and source maps still lead to the same positions.
 * @throws {BlocksError} If the text is not JavaScript that can be parsed, or if it cannot have probes.
 */
export function insertProbes(code: string, options: ProbeOptions): Probed {
  const { program, tree, instrumentation } = readBlockNodes(code, { ...options, isLinked: true });
  const drafts = tree.nodes;
  const module = drafts[0];
  if (module === undefined || declaresGlobalThis(program, module.hoisted)) {
    throw new BlocksError(
      'This code declares a globalThis of its own, so probes cannot reach the real one.',
    );
  }
  const blocks = asBlocks(tree);
  const inline = findInlineMap(code, program.body.at(-1)?.end ?? 0);
  const given = readMap(options.map);

  const variable = variableFor(options.path, code);
  const metadata = describe(code, tree, blocks, given ?? inline?.map ?? null, {
    ...options,
    links: tree.links,
    counters: instrumentation && counterTable(tree, blocks, instrumentation),
  });
  const opening = prelude(options.form, variable, metadata, blocks.length);
  const insertions = probeInsertions(drafts, opening, variable);
  const shifts = new Shifts(lineStarts(code, MAP_BREAK), insertions);

  let probed = insertAll(code, insertions);
  if (inline !== null) {
    // The comment follows all statements, so its distance from the end has not changed.
    const before = probed.slice(0, probed.length - (code.length - inline.start));
    probed = before + inlineMapComment(shiftMap(inline.map, shifts)) + code.slice(inline.end);
  }
  if (given !== null) return { code: probed, map: shiftMap(given, shifts), blocks };
  const map = inline === null ? ownMap(code, insertions, options.filename) : null;
  return { code: probed, map, blocks };
}

/** Other facts about the text for the metadata. */
interface Carried {
  links: Links | null;
  counters: CounterTable | null;
}

/** Returns the metadata text. */
function describe(
  code: string,
  tree: BlockTree,
  blocks: readonly Block[],
  map: SourceMap | null,
  { path, contentHash, form, extras, links, counters }: ProbeOptions & Carried,
): string {
  const lineAt = lineFinder(code, map);
  const fingerprints = Buffer.concat(blocks.map(({ fingerprint }) => fingerprint));
  return encodeMetadata({
    path,
    contentHash,
    form,
    fingerprints,
    places: describePlaces(tree, blocks, lineAt),
    extras:
      links === null && counters === null
        ? extras
        : { ...extras, ...(links && { links }), ...(counters && { counters }) },
  });
}

/** Returns all insertions, in ascending order of their offsets. */
function probeInsertions(
  drafts: readonly BlockNode[],
  opening: string,
  variable: string,
): Insertion[] {
  const openings: Insertion[] = [];
  const closings: Insertion[] = [];
  for (const { index, site, early } of drafts) {
    const array = early ? `${initialiser(variable)}()` : variable;
    const probe = `${array}[${index}]=1`;
    const separator = site.afterDirective ? `${MARK};` : '';
    switch (site.style) {
      case 'module':
        openings.push({ at: site.start, text: separator + opening });
        break;
      case 'statement':
        openings.push({ at: site.start, text: `${separator}${probe};` });
        break;
      case 'braces':
        openings.push({ at: site.start, text: `${MARK}{${probe};` });
        closings.push({ at: site.end, text: `${MARK}}` });
        break;
      case 'expression':
        openings.push({ at: site.start, text: `${MARK}(${probe},` });
        closings.push({ at: site.end, text: `${MARK})` });
        break;
    }
  }
  // At the same offset, closings come before openings. Inner blocks close first: they are later in the tree, and so
  // earlier in the reversed list. Outer blocks open first. Sorting is stable, so this order stays.
  return [...closings.reverse(), ...openings].sort((a, b) => a.at - b.at);
}
