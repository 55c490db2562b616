import { createHash } from 'node:crypto';
import type { AnyNode } from 'acorn';
import type { BlockNode, BlockTree } from './block-node';
import type { OpenDeclaration } from './declaration-list';

/** A range of lines, from 1. 0 if unknown. */
export interface Lines {
  line: number;
  endLine: number;
}

/** Where a declaration that is no function stands, and which blocks refer to it. */
export interface DeclaredPlace extends Lines {
  name: string;
  /** Of its own syntax alone, so that it tells which of several declarations has changed. */
  hash: string;
  /** Indices of the blocks that refer to it, directly or by another declaration, in ascending order. */
  users: readonly number[];
  /** Whether no code that counts otherwise begins or ends between its first and its last line. */
  isAlone: boolean;
}

/** As many characters as tell two versions of one declaration apart. */
const HASH_LENGTH = 6;

/**
 * Finds the places of declarations, for messages. Functions are left out, as they are blocks.
 * @param linesOf Returns the lines of a part of the parsed text.
 */
export function declaredPlaces(
  { nodes, declarations, others }: Pick<BlockTree, 'nodes' | 'declarations' | 'others'>,
  linesOf: (span: Span) => Lines,
): DeclaredPlace[] {
  const placed = declarations.filter(({ spans }) => spans.length > 0);
  if (placed.length === 0) return [];
  const users = new Users(nodes, declarations);
  const taken = new Set(others.flatMap((span) => eachOf(linesOf(span))));
  return placed.flatMap(({ name, syntax, spans }) => {
    const hash = createHash('sha1').update(syntax).digest('base64url').slice(0, HASH_LENGTH);
    const shared = { name, hash, users: users.of(name) };
    return spans.map(linesOf).map((lines) => ({
      ...shared,
      ...lines,
      isAlone: !eachOf(lines).some((line) => taken.has(line)),
    }));
  });
}

function eachOf({ line, endLine }: Lines): number[] {
  return Array.from({ length: Math.max(0, endLine - line) + 1 }, (_, nth) => line + nth);
}

/** Offsets in the parsed text. */
export interface Span {
  start: number;
  end: number;
}

/** The place of a declaration. Null if it has no text of its own. */
export function spanOf(content: readonly AnyNode[]): Span | null {
  const [first] = content;
  const last = content.at(-1);
  return first === undefined || last === undefined ? null : { start: first.start, end: last.end };
}

/** Whether a declaration is a function, whose code is a block of its own. */
export function isFunction(node: AnyNode | undefined): boolean {
  if (node?.type !== 'VariableDeclaration') return /^(?:Arrow)?Function/.test(node?.type ?? '');
  return isFunction(node.declarations[0]?.init ?? undefined);
}

/** The blocks that refer to declarations. */
class Users {
  readonly #direct = new Map<string, Set<number>>();
  /** By the name of a declaration: those that refer to it. */
  readonly #declarations = new Map<string, string[]>();

  constructor(nodes: readonly BlockNode[], declarations: readonly OpenDeclaration[]) {
    for (const { name } of declarations) {
      this.#direct.set(name, new Set());
      this.#declarations.set(name, []);
    }
    for (const { index, mentions } of nodes)
      for (const name of mentions) this.#direct.get(name)?.add(index);
    for (const { name, mentions } of declarations)
      for (const other of mentions) this.#declarations.get(other)?.push(name);
    // A block in a declaration, such as a method of a class, counts with the declaration.
    for (const { index, declaration } of nodes)
      if (declaration !== undefined) this.#direct.get(declaration.name)?.add(index);
  }

  of(name: string): number[] {
    const seen = new Set([name]);
    const blocks = new Set<number>();
    for (const each of seen) {
      for (const block of this.#direct.get(each) ?? []) blocks.add(block);
      for (const other of this.#declarations.get(each) ?? []) seen.add(other);
    }
    return [...blocks].sort((a, b) => a - b);
  }
}
