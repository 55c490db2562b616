import type { AnyNode } from 'acorn';
import { newBlockNode, type BlockNode } from './block-node';
import type { OpenDeclaration } from './declaration-list';
import { EXPORT_NAMES, exportKey } from '../declarations/exports';
import type { EsExports } from '../declarations/es-exports';
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
  { exports, esExports, exportNames, topLevel: { exported } }: LinkReader,
  declarationOf: (name: string) => OpenDeclaration,
): BlockNode[] {
  if (esExports !== null) return esExportNodes(first, esExports, declarationOf);
  if (exports === null) return [];
  const all = node(first, EXPORT_NAMES, `exports ${JSON.stringify([...exported.keys()])}`);
  const each = exportNames.map((name, index) => {
    const key = exportKey(name);
    const block = node(first + 1 + index, key, 'export', exported.get(name)?.at(-1));
    return { ...block, declaration: declarationOf(key) };
  });
  return [all, ...each];
}

/** A value of an ES module is that of a variable, or of another module. That it is there is another thing to use. */
function esExportNodes(
  first: number,
  exports: EsExports,
  declarationOf: (name: string) => OpenDeclaration,
): BlockNode[] {
  const { names, all } = exports;
  const each = names.map((name, index) => {
    const key = exportKey(name);
    const declaration = declarationOf(key);
    const { local, from } = all.get(name) ?? { local: null };
    declaration.syntax += `=${from === undefined ? (local ?? '') : JSON.stringify(from)};`;
    if (local !== null) declaration.mentions.add(local);
    const block = node(first + 1 + index, key, 'export', exports.valueOf(name));
    return { ...block, declaration };
  });
  const present = names.map((name, index) => {
    const block = node(first + 1 + names.length + index, exportKey(name), 'present');
    return { ...block, declaration: declarationOf(`${exportKey(name)}?`) };
  });
  return [node(first, EXPORT_NAMES, `exports ${JSON.stringify(names)}`), ...each, ...present];
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
