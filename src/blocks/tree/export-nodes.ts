import type { AnyNode } from 'acorn';
import { newBlockNode, type BlockNode } from './block-node';
import { EXPORT_NAMES, exportKey } from '../declarations/exports';
import type { HashableDeclaration } from '../syntax/hash';
import type { LinkReader } from '../declarations/links';

/**
 * One block for which exports there are, and one for each. No code runs in them, so they have no probes: see
 * `ExportTable`.
 * @param first Index of the first.
 * @param declarationOf Finds the declaration of a name.
 * @returns None where the module's exports count as any other code.
 */
export function exportNodes(
  first: number,
  { exports, exportNames, topLevel: { exported } }: LinkReader,
  declarationOf: (name: string) => HashableDeclaration,
): BlockNode[] {
  if (exports === null) return [];
  const all = node(first, EXPORT_NAMES, `exports ${JSON.stringify([...exported.keys()])}`);
  const each = exportNames.map((name, index) => {
    const key = exportKey(name);
    const block = node(first + 1 + index, key, 'export', exported.get(name)?.at(-1));
    return { ...block, declaration: declarationOf(key) };
  });
  return [all, ...each];
}

function node(index: number, name: string, syntax: string, value?: AnyNode): BlockNode {
  const { start, end } = value === undefined ? NOWHERE : placeOf(value);
  const site = { style: 'none', start, end, afterDirective: false } as const;
  return { ...newBlockNode(index, 'export', start, end, site), parent: 0, name, syntax };
}

const NOWHERE = { start: 0, end: 0 };

/** Where a value is shown to stand. What may hold blocks of its own stands where it begins. */
function placeOf({ type, start, end }: AnyNode): { start: number; end: number } {
  return type === 'Literal' || type === 'TemplateLiteral' ? { start, end } : { start, end: start };
}
