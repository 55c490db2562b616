import type { AnyNode, Expression, Program } from 'acorn';
import { isMethodCall, memberName, parentOf, plainName, type Placed } from '../syntax/ancestry';
import { ES_MARKER } from './imports';
import type { ModuleNames } from './module-names';
import type { OuterNames } from '../syntax/scopes';

/** How the declaration that an export of a CommonJS module is, is called: no variable has a dot in its name. */
export function exportKey(name: string): string {
  return `exports.${name}`;
}

/** A statement, or a part of one, that gives an export its value. */
export interface ExportDefinition {
  name: string;
  /** The value, or the function that returns it. */
  value: AnyNode;
  /** What a getter returns; it makes a property that can be defined only once. */
  returned: AnyNode | null;
}

/** Names that mean something to the language, or that compilers look for. */
function isSpecial(name: string): boolean {
  return name.startsWith('__');
}

/** What a CommonJS module does with its own exports object, where that is nothing but defining and using members of it. */
export class OwnExports {
  readonly #program: Program;
  readonly #references: ReadonlySet<AnyNode>;
  readonly #names: ModuleNames;
  /** Names that are defined once more after a getter was made of them. */
  readonly #contested = new Set<string>();
  /** Every name of a member that the text has. */
  readonly mentioned = new Set<string>();
  /** Names of exports that the module itself calls as methods. */
  readonly #called = new Set<string>();
  /** Whether functions outside of classes use `this`, which may be the exports object. */
  readonly usesThis: boolean;
  /** Whether the exports object goes nowhere, as far as the text says. */
  readonly isClosed: boolean;
  readonly isMarked: boolean;

  constructor(program: Program, { references }: OuterNames, names: ModuleNames) {
    this.#program = program;
    this.#references = references;
    this.#names = names;
    const places = names.these.map(placeOfThis);
    this.usesThis = places.includes('function');
    this.isClosed =
      !names.isDynamic &&
      names.placesOf('module').length === 0 &&
      names.placesOf('arguments').length === 0 &&
      !places.includes('module') &&
      names.placesOf('exports').every((place) => this.#isMember(place) || this.#isDefined(place));
    this.isMarked = program.body.some((statement) => this.#isMarker(statement));
    this.#findContested();
  }

  /** Names of exports that the module calls so that they get the exports object as `this`. */
  get called(): ReadonlySet<string> {
    return this.#called;
  }

  /** Whether a node is a member of the exports object, and which. */
  nameOf(node: AnyNode): string | null {
    return node.type === 'MemberExpression' && this.#isExports(node.object)
      ? memberName(node)
      : null;
  }

  /**
   * The exports that a statement defines.
   * @returns Null where it does anything else as well, as far as can be told without a look at the values.
   */
  definitionsIn(statement: AnyNode): readonly ExportDefinition[] | null {
    const found = this.#definitionsIn(statement);
    return found?.some(({ name }) => this.#contested.has(name)) ? null : found;
  }

  /**
   * The exports that an assignment defines, as in `exports.a = exports.b = value`.
   * @returns No names where the expression is anything else.
   */
  assigned(expression: Expression): { names: string[]; value: Expression } {
    const names: string[] = [];
    let value = expression;
    while (value.type === 'AssignmentExpression' && value.operator === '=') {
      const name = this.nameOf(value.left);
      if (name === null || isSpecial(name)) break;
      names.push(name);
      value = value.right;
    }
    return names.some((name) => this.#contested.has(name))
      ? { names: [], value: expression }
      : { names, value };
  }

  #definitionsIn(statement: AnyNode): readonly ExportDefinition[] | null {
    if (statement.type !== 'ExpressionStatement') return null;
    const { expression } = statement;
    if (expression.type === 'CallExpression') return this.#gettersOf(expression);
    const { names, value } = this.assigned(expression);
    return names.length === 0 ? null : names.map((name) => ({ name, value, returned: null }));
  }

  /** `Object.defineProperty(exports, "a", { get: … })`, or SWC's `_export(exports, { a: … })`. */
  #gettersOf(call: AnyNode & { type: 'CallExpression' }): readonly ExportDefinition[] | null {
    const [target, ...rest] = call.arguments;
    if (target === undefined || !this.#isExports(target)) return null;
    const [first, second] = rest;
    if (isDefineProperty(call.callee) && this.#isGlobal('Object')) {
      if (rest.length !== 2 || first?.type !== 'Literal' || typeof first.value !== 'string')
        return null;
      if (isSpecial(first.value) || second?.type !== 'ObjectExpression') return null;
      const getter = getterIn(second.properties);
      return getter && [{ name: first.value, ...getter }];
    }
    if (rest.length !== 1 || first?.type !== 'ObjectExpression') return null;
    if (!this.#isExportHelper(call.callee)) return null;
    const found: ExportDefinition[] = [];
    for (const property of first.properties) {
      if (property.type !== 'Property') return null;
      const name = plainName(property.key, property.computed);
      const returned = returnedBy(property.value);
      if (name === null || isSpecial(name) || returned === null) return null;
      found.push({ name, value: property.value, returned });
    }
    return found;
  }

  #isExports(node: AnyNode): boolean {
    return node.type === 'Identifier' && node.name === 'exports' && this.#references.has(node);
  }

  #isGlobal(name: string): boolean {
    return this.#names
      .placesOf(name)
      .every(({ node, around }) => around === null || !isDeclaredBy(around.node, node));
  }

  /** `exports.name`, with which nothing else is done than can be done with a variable. */
  #isMember(place: Placed): boolean {
    const { node, around } = place;
    if (around?.node.type !== 'MemberExpression' || around.node.object !== node) return false;
    const name = memberName(around.node);
    if (name === null || name === '__proto__') return false;
    const parent = parentOf(around);
    if (parent?.type === 'UnaryExpression' && parent.operator === 'delete') return false;
    if (isMethodCall(around)) this.#called.add(name);
    if (name !== ES_MARKER) this.mentioned.add(name);
    return true;
  }

  /** The target of a statement that defines exports in a way that is known. */
  #isDefined({ around }: Placed): boolean {
    const statement = around?.around?.node;
    if (statement?.type !== 'ExpressionStatement' || !this.#program.body.includes(statement))
      return false;
    return this.#isMarker(statement) || this.#definitionsIn(statement) !== null;
  }

  #isMarker(statement: AnyNode): boolean {
    if (statement.type !== 'ExpressionStatement') return false;
    const { expression } = statement;
    if (expression.type === 'AssignmentExpression')
      return this.nameOf(expression.left) === ES_MARKER;
    if (expression.type !== 'CallExpression' || !isDefineProperty(expression.callee)) return false;
    const [target, name, value] = expression.arguments;
    return (
      target !== undefined &&
      this.#isExports(target) &&
      name?.type === 'Literal' &&
      name.value === ES_MARKER &&
      value?.type === 'ObjectExpression' &&
      value.properties.every(
        (property) => property.type === 'Property' && property.value.type === 'Literal',
      )
    );
  }

  /** SWC's `function _export(target, all) { for (var name in all) Object.defineProperty(target, name, …); }`. */
  #isExportHelper(callee: AnyNode): boolean {
    if (callee.type !== 'Identifier' || callee.name !== '_export') return false;
    const declared = this.#program.body.filter(
      (statement) => statement.type === 'FunctionDeclaration' && statement.id.name === '_export',
    );
    const [helper] = declared;
    if (declared.length !== 1 || helper?.type !== 'FunctionDeclaration') return false;
    const [loop] = helper.body.body;
    if (helper.body.body.length !== 1 || loop?.type !== 'ForInStatement') return false;
    // Instrumentation puts braces around it.
    const [first, ...others] = loop.body.type === 'BlockStatement' ? loop.body.body : [loop.body];
    const body = others.length === 0 ? first : undefined;
    return (
      body?.type === 'ExpressionStatement' &&
      body.expression.type === 'CallExpression' &&
      isDefineProperty(body.expression.callee)
    );
  }

  /** TypeScript sets to `void 0` what gets a getter later. Anything after the getter throws, whoever uses the export. */
  #findContested(): void {
    const getters = new Set<string>();
    for (const statement of this.#program.body) {
      const definitions = this.#definitionsIn(statement) ?? [];
      for (const name of [
        ...definitions.map(({ name }) => name),
        ...this.#assignedBeside(statement),
      ])
        if (getters.has(name)) this.#contested.add(name);
      // One helper call may name an export twice, and the last one counts.
      for (const { name, returned } of definitions) if (returned !== null) getters.add(name);
    }
  }

  /** The exports that a variable or an enum is given to as well. */
  #assignedBeside(statement: AnyNode): readonly string[] {
    if (statement.type === 'VariableDeclaration')
      return statement.declarations.flatMap(({ init }) => (init ? this.assigned(init).names : []));
    if (statement.type !== 'ExpressionStatement') return [];
    const { expression } = statement;
    const [value] = expression.type === 'CallExpression' ? expression.arguments : [];
    return value?.type === 'LogicalExpression' ? this.assigned(value.right).names : [];
  }
}

function isDeclaredBy(parent: AnyNode, id: AnyNode): boolean {
  return ('id' in parent && parent.id === id) || parent.type.endsWith('Pattern');
}

function isDefineProperty(callee: AnyNode): boolean {
  return (
    callee.type === 'MemberExpression' &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'Object' &&
    memberName(callee) === 'defineProperty'
  );
}

/** The getter of a descriptor that says nothing else but whether it can be enumerated. */
function getterIn(properties: readonly AnyNode[]): { value: AnyNode; returned: AnyNode } | null {
  let getter: { value: AnyNode; returned: AnyNode } | null = null;
  for (const property of properties) {
    if (property.type !== 'Property') return null;
    const key = plainName(property.key, property.computed);
    const returned = key === 'get' ? returnedBy(property.value) : null;
    if (returned !== null) getter = { value: property.value, returned };
    else if (key !== 'enumerable' || property.value.type !== 'Literal') return null;
  }
  return getter;
}

/**
 * What a getter returns, as in `function () { return a; }` or `return _a.b;`: whoever enumerates all exports may call it
 * and does nothing by that.
 * @returns Null for any other function, and for what is none.
 */
function returnedBy(node: AnyNode): AnyNode | null {
  if (node.type !== 'FunctionExpression' || node.params.length > 0) return null;
  if (node.async || node.generator) return null;
  const [statement] = node.body.body;
  if (node.body.body.length !== 1 || statement?.type !== 'ReturnStatement') return null;
  const returned = statement.argument ?? null;
  return returned !== null && rootOf(returned) !== null ? returned : null;
}

/** The variable that `a` or `a.b.c` starts from; null for anything else. */
export function rootOf(node: AnyNode): string | null {
  let at = node;
  while (at.type === 'MemberExpression' && !at.computed) at = at.object;
  return at.type === 'Identifier' ? at.name : null;
}

/** Whose `this` it is: of the module, which is the exports object, of a function, or of a class. */
function placeOfThis(place: Placed): 'module' | 'function' | 'class' | 'helper' {
  for (let at = place.around, below = place.node; at !== null; below = at.node, at = at.around) {
    const { node } = at;
    if (node.type === 'MethodDefinition' || node.type === 'StaticBlock') return 'class';
    if (node.type === 'PropertyDefinition' && node.value === below) return 'class';
    if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression')
      return parentOf(at)?.type === 'MethodDefinition' ? 'class' : 'function';
  }
  return isHelperTest(place) ? 'helper' : 'module';
}

/** `this && this.__importStar || …`, by which TypeScript looks for a helper that is there already. */
function isHelperTest({ node, around }: Placed): boolean {
  const parent = around?.node;
  if (parent?.type === 'LogicalExpression')
    return parent.left === node && parent.operator === '&&' && isHelperMember(parent.right);
  return parent !== undefined && isHelperMember(parent);
}

function isHelperMember(node: AnyNode): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'ThisExpression' &&
    /^__[a-z]/i.test(memberName(node) ?? '')
  );
}
