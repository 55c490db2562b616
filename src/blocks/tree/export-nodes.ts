import type { AnyNode } from 'acorn';
import { newBlockNode, type BlockNode } from './block-node';
import type { OpenDeclaration } from './declaration-list';
import { EXPORT_NAMES, exportKey } from '../declarations/exports';
import type { EsExports } from '../declarations/es-exports';
import type { LinkReader } from '../declarations/links';

/**
 * Returns a block for the list of exports, and one for each export. No code runs in them, so they have no probes. See
 * `ExportTable`.
 * @param first Index of the first block.
 * @param declarationOf Finds the declaration of a name.
 * @returns An empty list if the module's exports count like any other code.
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

/**
 * An export of an ES module gets its value from a variable or from another module. A second block for each export
 * covers only that the export exists.
 */
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

/**
 * The position of an exported value, for messages. A literal has no blocks inside, so it covers all of its text. Any
 * other value is only a point at its start.
 */
function placeOf({ type, start, end }: AnyNode): { start: number; end: number } {
  return type === 'Literal' || type === 'TemplateLiteral' ? { start, end } : { start, end: start };
}
