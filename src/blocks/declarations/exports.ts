import type { AnyNode, Expression, Program } from 'acorn';
import { isMethodCall, memberName, parentOf, plainName, type Placed } from '../syntax/ancestry';
import { ES_MARKER } from './imports';
import {
  getterIn,
  isSpecial,
  propertiesOf,
  returnedBy,
  type ExportDefinition,
} from './export-definitions';
import type { ModuleNames } from './module-names';
import type { OuterNames } from '../syntax/scopes';
import { isInStar, type Star } from './stars';

/** The name of the declaration for an export of a CommonJS module. No variable has a dot in its name. */
export function exportKey(name: string): string {
  return `exports.${name}`;
}

/** The name of the block for the list of exports of a module. */
export const EXPORT_NAMES = 'exports';

/** The export of a block with this name. Null for any other block. */
export function exportOf(blockName: string): string | null {
  return blockName.startsWith(PREFIX) ? blockName.slice(PREFIX.length) : null;
}

const PREFIX = exportKey('');

/**
 * How a CommonJS module uses its own exports object. The exports are blocks only if the module just defines and uses
 * members of the object.
 */
export class OwnExports {
  readonly #program: Program;
  readonly #references: ReadonlySet<AnyNode>;
  readonly #names: ModuleNames;
  /** Names that are defined again after they got a getter. */
  readonly #contested = new Set<string>();
  /** All names of members of the exports object in the text. */
  readonly mentioned = new Set<string>();
  /** Names of exports that the module itself calls as methods. */
  readonly #called = new Set<string>();
  /** Whether functions outside of classes use `this`, which may be the exports object. */
  readonly usesThis: boolean;
  /** Whether the exports object is passed nowhere, as far as the text says. */
  readonly isClosed: boolean;
  readonly isMarked: boolean;
  /** Whether each export always exists when the module has been loaded. */
  readonly isSure: boolean;
  readonly #stars: ReadonlyMap<AnyNode, Star>;
  /** The statement `module.exports = { … }`, if the module does nothing else with its exports. */
  readonly #object: AnyNode | null;

  constructor(
    program: Program,
    { references }: OuterNames,
    names: ModuleNames,
    stars: ReadonlyMap<AnyNode, Star>,
  ) {
    this.#stars = stars;
    this.#program = program;
    this.#references = references;
    this.#names = names;
    const places = names.these.map(placeOfThis);
    this.usesThis = places.includes('function');
    this.#object = this.#findObject();
    const isClosed =
      !names.isDynamic &&
      (names.placesOf('module').length === 0 || this.#object !== null) &&
      names.placesOf('arguments').length === 0 &&
      !places.includes('module') &&
      names
        .placesOf('exports')
        .every(
          (place) => isInStar(place, stars) || this.#isMember(place) || this.#isDefined(place),
        );
    const { names: sure, isBeforeStars } = this.#findSure();
    this.isSure = [...this.mentioned].every((name) => sure.has(name));
    this.isClosed = isClosed && this.#hidesStars(sure.size, isBeforeStars);
    this.isMarked = program.body.some((statement) => this.#isMarker(statement));
    this.#findContested();
  }

  /** Names of exports that the module calls with the exports object as `this`. */
  get called(): ReadonlySet<string> {
    return this.#called;
  }

  /** The name of a member of the exports object. Null for any other node. */
  nameOf(node: AnyNode): string | null {
    return node.type === 'MemberExpression' && this.#isExports(node.object)
      ? memberName(node)
      : null;
  }

  /**
   * Returns the exports that a statement defines.
   * @returns Null if the statement also does something else, as far as this is visible without looking at the values.
   */
  definitionsIn(statement: AnyNode): readonly ExportDefinition[] | null {
    const found = this.#definitionsIn(statement);
    return found?.some(({ name }) => this.#contested.has(name)) ? null : found;
  }

  /**
   * Returns the exports that an assignment defines, as in `exports.a = exports.b = value`.
   * @returns No names if the expression is anything else.
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
    if (statement === this.#object) return propertiesOf(expression);
    if (expression.type === 'CallExpression') return this.#gettersOf(expression);
    const { names, value } = this.assigned(expression);
    return names.length === 0 ? null : names.map((name) => ({ name, value, returned: null }));
  }

  /** Reads `Object.defineProperty(exports, "a", { get: … })`, or SWC's `_export(exports, { a: … })`. */
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

  /** Finds the object that replaces the exports. Nothing else may mention `module` or `exports`. */
  #findObject(): AnyNode | null {
    const { placesOf } = this.#names;
    const [place, ...others] = placesOf('module');
    const assignment = place?.around?.around;
    const statement = assignment?.around?.node;
    if (others.length > 0 || placesOf('exports').length > 0 || !assignment || !statement)
      return null;
    if (statement.type !== 'ExpressionStatement' || !this.#program.body.includes(statement))
      return null;
    return propertiesOf(statement.expression) === null ? null : statement;
  }

  #isExports(node: AnyNode): boolean {
    return node.type === 'Identifier' && node.name === 'exports' && this.#references.has(node);
  }

  #isGlobal(name: string): boolean {
    return this.#names
      .placesOf(name)
      .every(({ node, around }) => around === null || !isDeclaredBy(around.node, node));
  }

  /** Whether a place is `exports.name`, used only in ways that are possible with a variable. */
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

  /** Whether a place is the target of a statement that defines exports in a known way. */
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

  /**
   * Whether it is SWC's `function _export(target, all) { for (var name in all) Object.defineProperty(target, name,
   * …); }`.
   */
  #isExportHelper(callee: AnyNode): boolean {
    if (callee.type !== 'Identifier' || callee.name !== '_export') return false;
    const declared = this.#program.body.filter(
      (statement) => statement.type === 'FunctionDeclaration' && statement.id.name === '_export',
    );
    const [helper] = declared;
    if (declared.length !== 1 || helper?.type !== 'FunctionDeclaration') return false;
    const [loop] = helper.body.body;
    if (helper.body.body.length !== 1 || loop?.type !== 'ForInStatement') return false;
    // Instrumentation puts braces around the statement.
    const [first, ...others] = loop.body.type === 'BlockStatement' ? loop.body.body : [loop.body];
    const body = others.length === 0 ? first : undefined;
    return (
      body?.type === 'ExpressionStatement' &&
      body.expression.type === 'CallExpression' &&
      isDefineProperty(body.expression.callee)
    );
  }

  /**
   * TypeScript sets an export to `void 0` before it defines a getter. Any definition after the getter throws, even if
   * nothing uses the export.
   */
  #findContested(): void {
    const getters = new Set<string>();
    for (const statement of this.#program.body) {
      const definitions = this.#definitionsIn(statement) ?? [];
      for (const name of [
        ...definitions.map(({ name }) => name),
        ...this.#assignedBeside(statement),
      ])
        if (getters.has(name)) this.#contested.add(name);
      // One call of the helper may name an export twice. The last one counts.
      for (const { name, returned } of definitions) if (returned !== null) getters.add(name);
    }
  }

  /** The exports that top-level statements define. They exist whenever the module has been loaded. */
  #findSure(): { names: ReadonlySet<string>; isBeforeStars: boolean } {
    const names = new Set<string>();
    let isLate = false;
    let isBeforeStars = true;
    for (const statement of this.#program.body) {
      const defined = (this.#definitionsIn(statement) ?? []).map(({ name }) => name);
      for (const name of [...defined, ...this.#assignedBeside(statement)]) {
        if (isLate && !names.has(name)) isBeforeStars = false;
        names.add(name);
      }
      isLate ||= this.#stars.has(statement);
    }
    return { names, isBeforeStars };
  }

  /** Whether the module's own exports hide those of `export *`: they are defined first, and `export *` skips them. */
  #hidesStars(own: number, isBeforeStars: boolean): boolean {
    if (this.#stars.size === 0) return true;
    const skipOwn = own === 0 || [...this.#stars.values()].every(({ skipsOwn }) => skipsOwn);
    return isBeforeStars && skipOwn && this.isSure;
  }

  /** The exports that get the same value as a variable or an enum. */
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

/** What `this` belongs to: the module, where it is the exports object, a function, or a class. */
export function placeOfThis(place: Placed): 'module' | 'function' | 'class' | 'helper' {
  for (let at = place.around, below = place.node; at !== null; below = at.node, at = at.around) {
    const { node } = at;
    if (node.type === 'MethodDefinition' || node.type === 'StaticBlock') return 'class';
    if (node.type === 'PropertyDefinition' && node.value === below) return 'class';
    if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression')
      return parentOf(at)?.type === 'MethodDefinition' ? 'class' : 'function';
  }
  return isHelperTest(place) ? 'helper' : 'module';
}

/** Whether it is `this && this.__importStar || …`. With this, TypeScript uses a helper that exists already. */
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
