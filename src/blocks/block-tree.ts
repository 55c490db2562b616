import type {
  AnyNode,
  ArrowFunctionExpression,
  BinaryExpression,
  Class,
  FunctionDeclaration,
  FunctionExpression,
  LogicalExpression,
  ObjectExpression,
  Program,
  Property,
  StaticBlock,
  SwitchCase,
} from 'acorn';
import { readTopLevel, type FreeDeclaration, type TopLevel } from './declarations';
import { rootReplacer, type Hashable, type HashableDeclaration } from './hash';
import { boundNames, nameFromParent } from './names';
import { isNode } from './nodes';
import type { Form } from './parse';
import { isQuoted } from './quoted';
import { outerNames, type OuterNames } from './scopes';
import { blockSite, hasDirective, listSite, type BlockKind, type ProbeSite } from './sites';

/** A block before its fingerprint is known. */
export interface BlockNode extends Hashable {
  index: number;
  kind: BlockKind;
  name: string;
  start: number;
  end: number;
  syntax: string;
  hoisted: Set<string>;
  mentions: Set<string>;
  site: ProbeSite;
  /** True where it may run before the module's first statement: functions of ES modules hoist (ECMAScript 16.2.1.6.4). */
  early: boolean;
}

/** What the tree depends on besides the syntax. */
export interface TreeOptions {
  form: Form;
  /** Absolute folder that texts are made independent of. */
  root: string;
  /** Names that Jest's module wrapper binds besides its own: `sandboxInjectedGlobals`. */
  injected?: readonly string[];
}

/** A program taken apart. */
export interface BlockTree {
  /** Parents before children, the module first. */
  nodes: BlockNode[];
  /** What counts for those who refer to it alone. */
  declarations: HashableDeclaration[];
}

/**
 * The blocks of a program, each with its own syntax written out.
 * @param program As `parseProgram` gives it.
 * @param code The text it was parsed from.
 */
export function buildBlockTree(program: Program, code: string, options: TreeOptions): BlockTree {
  const { nodes, declarations } = new BlockTreeBuilder(program, code, options);
  return { nodes, declarations };
}

/** Positions and spellings: no part of what a program means. */
const NO_SYNTAX: ReadonlySet<string> = new Set(['type', 'start', 'end', 'raw', 'bigint']);

/** What `var` hoists to: a function, the module, or a static block (VarDeclaredNames, ECMAScript 8.2.6). */
interface Holder {
  /** The list of statements that names hoist to the top of. */
  body: AnyNode;
  hoisted: Set<string>;
  /** Names of functions declared in blocks below it. */
  blockFunctions: Set<string>;
  /** Names bound by `let`, `const`, `class` and `catch` in it and below. */
  lexical: Set<string>;
}

/** A block or a declaration, as far as it is written. */
type Written = Pick<BlockNode, 'index' | 'name' | 'syntax' | 'mentions'> & {
  /** Set for a declaration, which has no index of its own. */
  declaration?: HashableDeclaration;
};

/** What holds while a part of the syntax is walked. */
interface WalkContext {
  /** The block, or the declaration, whose syntax is being written. */
  block: Written;
  holder: Holder;
  className: string;
  /** True where code may run before the module's first statement. */
  early: boolean;
  /** True where V8 would quote an expression in an error message. */
  quoted: boolean;
  /** True where a probe would be noticed, so that nothing gets one. */
  inert: boolean;
  /** True where code runs whenever the declaration around it is evaluated, so that its branches need no probes. */
  evaluated: boolean;
}

/**
 * Walks the syntax once. It is generic over the keys of nodes, so that syntax it has never heard of is hashed; only
 * what makes a block, or reaches outside of one, is spelled out.
 */
class BlockTreeBuilder {
  readonly nodes: BlockNode[] = [];
  readonly declarations: HashableDeclaration[] = [];
  readonly #names: OuterNames;
  readonly #topLevel: TopLevel;
  readonly #code: string;
  readonly #withoutRoot: (text: string) => string;
  /** Functions that an import cycle can call before the module's first statement. */
  readonly #earlyFunctions = new Set<AnyNode>();
  /** Literals that dev transforms put in: positions in the source. */
  readonly #positions = new Set<AnyNode>();
  /** `...x` in object literals, which takes anything, so that V8 never quotes it. */
  readonly #objectSpreads = new Set<AnyNode>();
  readonly #module: Holder;
  #at: WalkContext;

  constructor(program: Program, code: string, { form, root, injected = [] }: TreeOptions) {
    this.#code = code;
    this.#names = outerNames(program);
    this.#topLevel = readTopLevel(program, { form, code, names: this.#names, injected });
    this.#withoutRoot = rootReplacer(root);
    const { body, start, end } = program;
    const site = listSite(body, body[0]?.start ?? afterHashbang(code), end, code);
    const block = newDraft(0, 'module', start, end, { ...site, style: 'module' });
    this.nodes.push(block);
    this.#module = newHolder(program, block.hoisted);
    const none = { className: '', early: false, quoted: false, inert: false, evaluated: false };
    this.#at = { block, holder: this.#module, ...none };
    if (form === 'module') this.#findEarlyFunctions(program);
    this.#visitProgram(program);
    this.#noteBlockFunctions();
  }

  /** Declarations without effects are written on their own: the module's block is the rest. */
  #visitProgram(program: Program): void {
    const exported: string[] = [];
    this.#write(`(Program,${program.sourceType}[`);
    for (const statement of program.body) {
      const declarations = this.#topLevel.free.get(statement);
      if (declarations === undefined) this.#field(program, 'body', statement, '', ';');
      for (const declaration of declarations ?? []) {
        this.#visitDeclaration(declaration);
        if (declaration.isExported) exported.push(declaration.name);
      }
    }
    this.#write(']');
    // Names that a namespace has are sorted: ECMAScript 10.4.6.
    for (const name of exported.sort()) {
      this.#write(`,${name}`);
      this.#at.block.mentions.add(name);
    }
    this.#write(')');
  }

  #visitDeclaration({ name, content, position }: FreeDeclaration): void {
    const declaration = { name, syntax: `${position};`, mentions: new Set<string>() };
    this.declarations.push(declaration);
    const block: Written = {
      index: 0,
      name,
      syntax: '',
      mentions: declaration.mentions,
      declaration,
    };
    const holder = newHolder(content[0] as AnyNode, new Set());
    this.#within({ block, holder, evaluated: true }, () => {
      for (const node of content) this.#visit(node, '');
    });
    declaration.syntax += block.syntax;
  }

  #findEarlyFunctions({ body }: Program): void {
    for (const statement of body) {
      const declared = 'declaration' in statement ? statement.declaration : statement;
      if (declared?.type === 'FunctionDeclaration') this.#earlyFunctions.add(declared);
    }
  }

  /** Starts a block, walks what is in it, and leaves a placeholder in the block around it. */
  #grow(kind: BlockKind, name: string, content: readonly AnyNode[], site: ProbeSite): void {
    const around = this.#at;
    const start = content[0]?.start ?? site.start;
    const end = content.at(-1)?.end ?? site.end;
    const block = newDraft(this.nodes.length, kind, start, end, site);
    block.parent = around.block.index;
    if (around.block.declaration !== undefined) block.declaration = around.block.declaration;
    block.name = kind === 'function' ? name : around.block.name;
    block.early = around.early;
    this.nodes.push(block);
    this.#write('#');
    // What follows in the block runs after its own probe, which has found the array.
    this.#at = { ...around, block, early: false, quoted: false, evaluated: false };
    const [body] = content;
    if (kind === 'function' && body !== undefined) {
      this.#at.holder = newHolder(body, block.hoisted);
      this.#visit(body, '');
      this.#noteBlockFunctions();
    } else {
      for (const node of content) this.#visit(node, '');
    }
    this.#at = around;
  }

  /** Walks with other surroundings. */
  #within(change: Partial<WalkContext>, walk: () => void): void {
    const around = this.#at;
    this.#at = { ...around, ...change };
    walk();
    this.#at = around;
  }

  /** Writes a node into the current block. `name` is what it is called by, should it be a function or class. */
  #visit(node: AnyNode, name: string): void {
    switch (node.type) {
      case 'Identifier':
        if (this.#names.references.has(node)) this.#at.block.mentions.add(node.name);
        break;
      case 'BinaryExpression':
      case 'LogicalExpression':
        return this.#visitChain(node);
      case 'SwitchCase':
        return this.#visitCase(node);
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#visitFunction(node, name);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#visitClass(node, name);
      case 'StaticBlock':
        return this.#visitStaticBlock(node);
      case 'CatchClause':
        if (node.param) this.#bind(boundNames(node.param));
        break;
      case 'Literal':
        if (this.#positions.has(node)) return this.#write('@');
        break;
      case 'ObjectExpression':
        this.#noteObject(node);
        break;
      case 'VariableDeclaration':
        for (const { id } of node.declarations) {
          if (node.kind === 'var') this.#hoist(boundNames(id));
          else this.#bind(boundNames(id));
        }
        if (node.kind === 'await using') this.#noteAwait();
        break;
      case 'AwaitExpression':
        this.#noteAwait();
        break;
      case 'ForOfStatement':
        if (node.await) this.#noteAwait();
        break;
      case 'AssignmentExpression':
        // `(a) = function () {}` gives the function no name: ECMAScript 13.15.2 asks for a bare identifier.
        if (node.left.start !== node.start) this.#write('(');
        break;
      default:
    }
    this.#fields(node, '');
  }

  /** Writes all fields of a node. `name` is passed on to the body of a function. */
  #fields(node: AnyNode, name: string): void {
    this.#write(`(${node.type}`);
    const fields = node as unknown as Record<string, unknown>;
    for (const key in fields) {
      const value = fields[key];
      // Most fields are flags that are off. Keys are written, so that none is mistaken for another.
      if (value === false || value === null || value === undefined || NO_SYNTAX.has(key)) continue;
      this.#field(node, key, value, name, `,${key}:`);
    }
    this.#write(')');
  }

  /** Writes a field, or an item of one, after a prefix. */
  #field(node: AnyNode, key: string, value: unknown, name: string, prefix: string): void {
    if (typeof value === 'string') {
      const text = this.#withoutRoot(value);
      // The length makes it impossible for one text to look like another with syntax after it.
      this.#write(`${prefix}${text.length}${hashable(text)}`);
    } else if (typeof value !== 'object' || value === null) {
      this.#write(`${prefix}${typeof value === 'bigint' ? `${value}n` : String(value)}`);
    } else if (Array.isArray(value)) {
      this.#write(`${prefix}[`);
      for (const item of value) this.#field(node, key, item, name, ';');
      this.#write(']');
    } else if (isNode(value)) {
      this.#write(prefix);
      this.#child(node, key, value, name);
    } else if (!(value instanceof RegExp)) {
      // A regular expression's own field `regex` has it, and a template element's `value`, as plain objects.
      this.#write(`${prefix}{`);
      for (const [inner, part] of Object.entries(value)) {
        this.#field(node, key, part, name, `,${inner}:`);
      }
      this.#write('}');
    }
  }

  /** Writes a child, or makes it a block. `name` is that of the function whose body it may be. */
  #child(parent: AnyNode, key: string, child: AnyNode, name: string): void {
    if (child.type === 'FunctionDeclaration' && child.id && this.#isInBlock(parent)) {
      this.#at.holder.blockFunctions.add(child.id.name);
    }
    if (key === 'body' && this.#topLevel.inline.has(parent)) return this.#visitInline(child);
    const noBlocks = this.#at.inert || this.#at.evaluated;
    const found = noBlocks ? null : blockSite(parent, key, child, this.#code);
    if (found !== null && !(found.kind === 'operand' && this.#at.quoted)) {
      this.#grow(found.kind, name, [child], found.site);
      return;
    }
    const own = nameFromParent(parent, key, this.#at.className);
    const quoted = this.#objectSpreads.has(parent) ? false : isQuoted(parent, key);
    // Names in a `with` statement's body are looked up in its object first.
    const inert = parent.type === 'WithStatement' && key === 'body';
    if (inert || (quoted !== null && quoted !== this.#at.quoted)) {
      const change = { quoted: quoted ?? this.#at.quoted, inert: inert || this.#at.inert };
      this.#within(change, () => this.#visit(child, own));
    } else {
      this.#visit(child, own);
    }
  }

  /** The body of a function that is called where it stands, with the declaration that it is in. */
  #visitInline(body: AnyNode): void {
    const holder = newHolder(body, new Set());
    this.#within({ holder, evaluated: true }, () => {
      this.#visit(body, '');
      this.#noteBlockFunctions();
    });
    this.#writeNames(holder.hoisted);
  }

  /** As `#visit` on each would, but without using up the stack on `a + b + c + …`. */
  #visitChain(last: BinaryExpression | LogicalExpression): void {
    const chain: (BinaryExpression | LogicalExpression)[] = [];
    let first: AnyNode = last;
    while (first.type === 'BinaryExpression' || first.type === 'LogicalExpression') {
      this.#write(`(${first.type}${first.operator},`);
      chain.push(first);
      first = first.left;
    }
    this.#visit(first, '');
    for (const link of chain.reverse()) {
      this.#write(',');
      this.#child(link, 'right', link.right, '');
      this.#write(')');
    }
  }

  #visitFunction(
    node: FunctionDeclaration | FunctionExpression | ArrowFunctionExpression | AnyFunction,
    name: string,
  ): void {
    const declared = node.type === 'FunctionDeclaration';
    if (declared && node.id !== null) this.#hoist([node.id.name]);
    const ownName = node.id?.name ?? name;
    const early = this.#earlyFunctions.has(node) || this.#at.early;
    // V8 warns about asm.js code that is not as it expects.
    const inert = hasDirective(node.body, 'use asm') || this.#at.inert;
    this.#within({ early, inert, evaluated: false }, () => this.#fields(node, ownName));
  }

  #visitClass(node: AnyNode & Class, name: string): void {
    if (node.type === 'ClassDeclaration' && node.id) this.#bind([node.id.name]);
    this.#within({ className: node.id?.name ?? name }, () => this.#fields(node, ''));
  }

  /** It is no block of its own, as it runs with the class, but `var` stays in it: ECMAScript 15.7.1. */
  #visitStaticBlock(node: AnyNode & StaticBlock): void {
    const holder = newHolder(node, new Set());
    this.#within({ holder }, () => {
      this.#fields(node, '');
      this.#noteBlockFunctions();
    });
    this.#writeNames(holder.hoisted);
  }

  #visitCase(node: SwitchCase): void {
    const { test, consequent } = node;
    const [first] = consequent;
    // A function declared in one case can be called from another, whether or not the first one runs.
    const isShared = consequent.some(({ type }) => type === 'FunctionDeclaration');
    if (first === undefined || isShared || this.#at.inert || this.#at.evaluated)
      return this.#fields(node, '');
    this.#write('(SwitchCase,');
    if (test) this.#visit(test, '');
    this.#write(',');
    // Lexical names of one case are in scope, and maybe in their dead zone, in all: ECMAScript 14.12.4.
    for (const statement of consequent) {
      if (statement.type === 'ClassDeclaration') this.#writeNames([statement.id.name]);
      if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') {
        for (const { id } of statement.declarations) this.#writeNames(boundNames(id));
      }
    }
    const end = consequent.at(-1)?.end ?? first.end;
    this.#grow('case', '', consequent, listSite(consequent, first.start, end, this.#code));
    this.#write(')');
  }

  /** Names that reach the function around: `var` (ECMAScript 14.3.2), functions in sloppy blocks (B.3.2). */
  #hoist(names: readonly string[]): void {
    for (const name of names) this.#at.holder.hoisted.add(name);
  }

  #bind(names: readonly string[]): void {
    for (const name of names) this.#at.holder.lexical.add(name);
  }

  /** Names that the block being written depends on, wherever below it they stand. */
  #writeNames(names: Iterable<string>): void {
    for (const name of [...names].sort()) this.#write(`;${name}`);
  }

  /** Whether a list of statements is not the top of what names hoist to. */
  #isInBlock(statements: AnyNode): boolean {
    const isDeclared = statements.type.startsWith('Export');
    return !isDeclared && statements !== this.#at.holder.body;
  }

  /**
   * A function in a block hoists unless a lexical name around it is equal (ECMAScript B.3.2.1), whether or not any of it
   * runs. Rare enough to depend on the whole text then.
   */
  #noteBlockFunctions(): void {
    const { body, blockFunctions, lexical } = this.#at.holder;
    if ([...blockFunctions].some((name) => lexical.has(name))) {
      this.#hoist([hashable(this.#withoutRoot(this.#code.slice(body.start, body.end)))]);
    }
  }

  /** An `await` anywhere outside of functions makes the module asynchronous, run or not: ECMAScript 16.2.1.6. */
  #noteAwait(): void {
    if (this.#at.holder === this.#module) this.#hoist(['await ']);
  }

  /** React's `jsxDEV` and `__source` objects say where an element stands in the source. */
  #noteObject({ properties }: ObjectExpression): void {
    const positions: AnyNode[] = [];
    let known = 0;
    for (const property of properties) {
      if (property.type === 'SpreadElement') {
        this.#objectSpreads.add(property);
        continue;
      }
      const key = plainKey(property);
      if (key === 'fileName' || key === 'lineNumber') known += 1;
      if (key === 'lineNumber' || key === 'columnNumber') positions.push(property.value);
    }
    if (known < 2) return;
    for (const value of positions) {
      if (value.type === 'Literal' && typeof value.value === 'number') this.#positions.add(value);
    }
  }

  #write(text: string): void {
    this.#at.block.syntax += text;
  }
}

function newHolder(body: AnyNode, hoisted: Set<string>): Holder {
  return { body, hoisted, blockFunctions: new Set(), lexical: new Set() };
}

type AnyFunction = Extract<AnyNode, { type: 'FunctionDeclaration' }>;

function newDraft(
  index: number,
  kind: BlockKind,
  start: number,
  end: number,
  site: ProbeSite,
): BlockNode {
  return {
    index,
    parent: -1,
    kind,
    name: '',
    start,
    end,
    syntax: '',
    hoisted: new Set(),
    mentions: new Set(),
    site,
    early: false,
  };
}

/** Half of a surrogate pair has no bytes of its own: as UTF-8, each becomes the same replacement character. */
function hashable(text: string): string {
  return (text as WellFormed).isWellFormed() ? `'${text}` : JSON.stringify(text);
}

/** Known to every Node that we run on, but not yet to TypeScript's library for it. */
type WellFormed = string & { isWellFormed(): boolean };

function plainKey({ computed, key }: Property): string {
  if (computed) return '';
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : '';
}

/** Offset of the first line that is not `#!`. */
function afterHashbang(code: string): number {
  return /^#!.*(?:\r\n|[\n\r\u2028\u2029])?/.exec(code)?.[0].length ?? 0;
}
