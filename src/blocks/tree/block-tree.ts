import type { AnyNode, Class, Program, StaticBlock, SwitchCase } from 'acorn';
import { newBlockNode, type BlockNode, type BlockTree, type TreeOptions } from './block-node';
import { DeclarationList } from './declaration-list';
import { isFunction, spanOf, type Span } from './declared-places';
import type { FreeDeclaration } from '../declarations/top-level';
import { exportNodes } from './export-nodes';
import { TestLists } from './test-lists';
import { earlyFunctions, HoistScope } from '../syntax/hoist-scope';
import { afterHashbang } from '../syntax/lines';
import { LinkReader, type Links } from '../declarations/links';
import { boundNames, lexicalNames, nameFromParent } from '../syntax/names';
import { ObjectLiterals } from './object-literals';
import { isQuoted } from '../syntax/quoted';
import { outerNames, type OuterNames } from '../syntax/scopes';
import { blockSite, hasDirective, listSite, type BlockKind, type ProbeSite } from './sites';
import { CounterList } from '../counters/counter-list';
import { bracesAround, NO_BRACES, reachOf, type Braces } from '../counters/parts';
import { atStart, writtenOf, type FunctionNode, type WalkContext } from './walk-context';
import { SyntaxWriter } from '../syntax/syntax-writer';

/**
 * Returns the blocks of a program, each with the text of its own syntax.
 * @param program The result of `parseProgram`.
 * @param code The text that was parsed.
 */
export function buildBlockTree(program: Program, code: string, options: TreeOptions): BlockTree {
  const { nodes, declared, others, links, counters } = new BlockTreeBuilder(program, code, options);
  return { nodes, declarations: declared.all, others, links, counters };
}

/**
 * Walks the syntax once. It loops over all keys of a node, so new kinds of syntax are hashed without a change here.
 * Only syntax that makes a block or that affects code outside its block has its own case.
 */
class BlockTreeBuilder extends SyntaxWriter {
  readonly nodes: BlockNode[] = [];
  readonly links: Links | null;
  readonly declared = new DeclarationList();
  readonly counters: CounterList;
  /** Top-level statements that count otherwise than by a name, or that are functions. */
  readonly others: Span[] = [];
  readonly #names: OuterNames;
  readonly #links: LinkReader;
  readonly #code: string;
  /** Functions that an import cycle can call before the module's first statement. */
  readonly #earlyFunctions: ReadonlySet<AnyNode>;
  readonly #objects = new ObjectLiterals();
  readonly #module: HoistScope;
  readonly #tests: TestLists;
  #at: WalkContext;

  constructor(program: Program, code: string, options: TreeOptions) {
    const { form, root, injected = [], isLinked = false, instrumentation = null } = options;
    super(root);
    this.#code = code;
    this.counters = new CounterList(instrumentation);
    this.#names = outerNames(program);
    const known = { form, code, names: this.#names, injected };
    this.#links = new LinkReader(program, known, isLinked);
    this.#tests = new TestLists(isLinked && instrumentation === null ? program : null, this.#names);
    const { body, start, end } = program;
    const site = listSite(body, body[0]?.start ?? afterHashbang(code), end, code);
    const block = newBlockNode(0, 'module', start, end, { ...site, style: 'module' });
    this.nodes.push(block);
    this.#module = new HoistScope(program, block.hoisted);
    this.#at = atStart(block, this.#module);
    this.#earlyFunctions = form === 'module' ? earlyFunctions(program) : new Set();
    this.#visitProgram(program);
    this.#noteAmbiguousFunctions();
    this.#tests.note(program, block);
    this.nodes.push(...this.#tests.nodes(this.nodes.length));
    const first = this.nodes.length;
    this.nodes.push(...exportNodes(first, this.#links, (name) => this.declared.of(name)));
    this.links = this.#tests.addTo(this.#links.links(first));
  }

  /** Writes each declaration without effects on its own. The module's block gets the rest. */
  #visitProgram(program: Program): void {
    const exported: string[] = [];
    this.write(`(Program,${program.sourceType}[`);
    for (const statement of program.body) {
      const declarations = this.#links.topLevel.free.get(statement);
      if (declarations !== undefined) this.counters.addLoaded(statement);
      else if (!this.visitApart(statement)) this.writeField(program, 'body', statement, '', ';');
      if (declarations === undefined) this.others.push(statement);
      for (const declaration of declarations ?? []) {
        this.#visitDeclaration(declaration);
        if (declaration.isExported) exported.push(declaration.name);
      }
    }
    this.write(']');
    this.counters.addLoaded(program);
    for (const name of this.#links.esExports?.localsIn(this.#names.assigned) ?? [])
      this.write(`,${name}`);
    // A namespace object has its names in sorted order: ECMAScript 10.4.6.
    for (const name of exported.sort()) {
      this.write(`,${name}`);
      this.#at.block.mentions.add(name);
    }
    this.write(')');
  }

  #visitDeclaration({ name, content, position, madeOf = [], isGetter }: FreeDeclaration): void {
    const declaration = this.declared.of(name);
    declaration.syntax += `${position};`;
    for (const other of madeOf) declaration.mentions.add(other);
    const span = spanOf(content);
    if (span !== null && !isFunction(content[0])) declaration.spans.push(span);
    else if (span !== null && isGetter !== true) this.others.push(span);
    const block = writtenOf(declaration, 0, name);
    const scope = new HoistScope(content[0] as AnyNode);
    // An enum is two statements.
    const runs = { evaluated: true, reach: 'certain', runsWhole: content.length > 1 } as const;
    this.#within({ block, scope, ...runs }, () => {
      // An exported function without a name of its own gets the name of the export.
      for (const node of content) this.#visit(node, name.slice(name.indexOf('.') + 1));
    });
    declaration.syntax += block.syntax;
  }

  /** Writes a test on its own. Another block lists which tests there are. */
  protected override visitApart(statement: AnyNode): boolean {
    const key = this.#tests.keyOf(statement);
    if (key === undefined || this.#at.inert || this.#at.evaluated) return false;
    const declaration = this.declared.of(`test ${key}`);
    const block = writtenOf(declaration, this.#at.block.index, this.#at.block.name);
    this.#within({ block }, () => this.#visit(statement, ''));
    declaration.syntax += block.syntax;
    return true;
  }

  /** Starts a block, walks its content, and leaves a placeholder in the block around it. */
  #addBlock(
    kind: BlockKind,
    name: string,
    content: readonly AnyNode[],
    site: ProbeSite,
    [before, behind]: Braces = NO_BRACES,
  ): void {
    const around = this.#at;
    const [start, end] = [content[0]?.start ?? site.start, content.at(-1)?.end ?? site.end];
    const block = newBlockNode(this.nodes.length, kind, start, end, site);
    block.parent = around.block.index;
    if (around.block.declaration !== undefined) block.declaration = around.block.declaration;
    block.name = kind === 'function' ? name : around.block.name;
    block.early = around.early;
    this.nodes.push(block);
    this.write('#');
    // The block's own probe runs before its content and finds the array. So blocks inside need not look for it.
    this.#at = {
      ...around,
      block,
      early: false,
      quoted: false,
      evaluated: false,
      runsWhole: false,
    };
    const [body] = content;
    this.write(before);
    if (kind === 'function' && body !== undefined) {
      this.#at.scope = new HoistScope(body, block.hoisted);
      this.#tests.note(body, block);
      this.#visit(body, '');
      this.#noteAmbiguousFunctions();
    } else {
      for (const node of content) this.#visit(node, '');
    }
    this.write(behind);
    this.#at = around;
  }

  /** Walks with a changed context. */
  #within(change: Partial<WalkContext>, walk: () => void): void {
    const around = this.#at;
    this.#at = { ...around, ...change };
    walk();
    this.#at = around;
  }

  /** Writes a node into the current block. `name` is the name of the node if it is a function or a class. */
  #visit(node: AnyNode, name: string): void {
    this.counters.add(node, this.#at);
    switch (node.type) {
      case 'Identifier':
      case 'ImportExpression':
        if ('name' in node && this.#names.references.has(node))
          this.#at.block.mentions.add(node.name);
        this.#links.found(node, this.#at.block.index);
        break;
      case 'MemberExpression':
        this.#links.foundMember(node, this.#at.block.mentions);
        break;
      case 'BinaryExpression':
      case 'LogicalExpression':
        return this.writeChain(node, {
          visit: (first) => this.#visit(first, ''),
          // `#visit` adds the counters of both ends of the chain.
          pass: (link) => this.counters.add(link, this.#at),
        });
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
        if (node.param) this.#at.scope.bind(boundNames(node.param));
        break;
      case 'Literal':
        if (this.#objects.isPosition(node)) return this.write('@');
        break;
      case 'ObjectExpression':
        this.#objects.note(node);
        break;
      case 'VariableDeclaration':
        for (const { id } of node.declarations) {
          if (node.kind === 'var') this.#at.scope.hoist(boundNames(id));
          else this.#at.scope.bind(boundNames(id));
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
        // `(a) = function () {}` gives the function no name: ECMAScript 13.15.2 requires a bare identifier.
        if (node.left.start !== node.start) this.write('(');
        break;
      default:
    }
    this.writeFields(node, '');
  }

  /** Writes a child, or makes it a block. `name` is the function's name if the child is a function body. */
  protected visitChild(parent: AnyNode, key: string, child: AnyNode, name: string): void {
    if (child.type === 'FunctionDeclaration' && child.id) {
      this.#at.scope.noteFunction(child.id.name, parent);
    }
    if (key === 'body' && this.#links.topLevel.inline.has(parent)) return this.#visitInline(child);
    const around = bracesAround(parent, key, child);
    const noBlocks = this.#at.inert || this.#at.evaluated;
    const found = noBlocks ? null : blockSite(parent, key, child, this.#code);
    if (found !== null && !(found.kind === 'operand' && this.#at.quoted)) {
      this.#addBlock(found.kind, name, [child], found.site, around);
      return;
    }
    this.write(around[0]);
    const own = nameFromParent(parent, key, this.#at.className);
    // `...x` in an object accepts any value, so V8 never quotes it.
    const quoted = this.#objects.hasSpread(parent) ? false : isQuoted(parent, key);
    // In the body of a `with` statement, names are first looked up in the object.
    const inert = parent.type === 'WithStatement' && key === 'body';
    const reach = this.#at.runsWhole ? this.#at.reach : reachOf(parent, key, this.#at.reach);
    if (inert || reach !== this.#at.reach || (quoted !== null && quoted !== this.#at.quoted)) {
      const change = { quoted: quoted ?? this.#at.quoted, inert: inert || this.#at.inert, reach };
      this.#within(change, () => this.#visit(child, own));
    } else {
      this.#visit(child, own);
    }
    this.write(around[1]);
  }

  /** Writes the body of a function that is called where it is defined, as part of the declaration around it. */
  #visitInline(body: AnyNode): void {
    const scope = new HoistScope(body);
    const reach = this.#at.runsWhole ? this.#at.reach : 'maybe';
    this.#within({ scope, evaluated: true, reach }, () => {
      this.#visit(body, '');
      this.#noteAmbiguousFunctions();
    });
    this.#writeNames(scope.hoisted);
  }

  #visitFunction(node: FunctionNode, name: string): void {
    const declared = node.type === 'FunctionDeclaration';
    if (declared && node.id !== null) this.#at.scope.hoist([node.id.name]);
    const ownName = node.id?.name ?? name;
    const early = this.#earlyFunctions.has(node) || this.#at.early;
    // V8 warns about asm.js code that it does not expect, such as a probe.
    const inert = hasDirective(node.body, 'use asm') || this.#at.inert;
    this.#within({ early, inert, evaluated: false }, () => this.writeFields(node, ownName));
  }

  #visitClass(node: AnyNode & Class, name: string): void {
    if (node.type === 'ClassDeclaration' && node.id) this.#at.scope.bind([node.id.name]);
    this.#within({ className: node.id?.name ?? name }, () => this.writeFields(node, ''));
  }

  /** A static block runs with its class, so it is not a block. But its `var` names stay in it: ECMAScript 15.7.1. */
  #visitStaticBlock(node: AnyNode & StaticBlock): void {
    const scope = new HoistScope(node);
    this.#within({ scope }, () => {
      this.writeFields(node, '');
      this.#noteAmbiguousFunctions();
    });
    this.#writeNames(scope.hoisted);
  }

  #visitCase(node: SwitchCase): void {
    const { test, consequent } = node;
    const [first] = consequent;
    // Other cases can call a function that one case declares, even if that case does not run.
    const isShared = consequent.some(({ type }) => type === 'FunctionDeclaration');
    if (first === undefined || isShared || this.#at.inert || this.#at.evaluated)
      return this.writeFields(node, '');
    this.write('(SwitchCase,');
    if (test) this.#visit(test, '');
    this.write(',');
    // The lexical names of one case are in scope in all cases, maybe in their dead zone: ECMAScript 14.12.4.
    for (const statement of consequent)
      for (const names of lexicalNames(statement)) this.#writeNames(names);
    const end = consequent.at(-1)?.end ?? first.end;
    this.#addBlock('case', '', consequent, listSite(consequent, first.start, end, this.#code));
    this.write(')');
  }

  /** Writes names that the current block depends on, although they may be in blocks below it. */
  #writeNames(names: Iterable<string>): void {
    for (const name of [...names].sort()) this.write(`;${name}`);
  }

  /** Whether such a function hoists depends on other code. This is rare, so the scope depends on its whole text. */
  #noteAmbiguousFunctions(): void {
    const { scope } = this.#at;
    if (!scope.hasAmbiguousFunction) return;
    const { start, end } = scope.body;
    scope.hoist([this.hashableText(this.#code.slice(start, end))]);
  }

  /** An `await` outside of functions makes the module asynchronous, even if it does not run: ECMAScript 16.2.1.6. */
  #noteAwait(): void {
    if (this.#at.scope === this.#module) this.#at.scope.hoist(['await ']);
  }

  protected write(text: string): void {
    this.#at.block.syntax += text;
  }
}
