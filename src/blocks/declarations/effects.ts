import type {
  AnyNode,
  ArrayExpression,
  Class,
  Expression,
  ObjectExpression,
  Property,
} from 'acorn';
import {
  COLLECTIONS,
  CONSTRUCTORS,
  CONVERSIONS,
  NAMESPACES,
  PLAIN_PROTOTYPES,
  POISONED,
  PRIMITIVES,
  READABLE_GLOBALS,
} from './intrinsics';
import { memberName } from '../syntax/ancestry';
import { Evaluator } from './evaluator';
import { constant, UNKNOWN, type Value } from './values';

/** What evaluating a declaration does that code without a reference to it could notice. */
export type Effect =
  /** Nothing. */
  | 'none'
  /** It calls what is said to have no effect, and what is called may read other declarations. */
  | 'calls'
  /** Something, or nobody knows. */
  | 'some';

/** What is known of the names that an initialiser reads. */
export interface KnownNames {
  /** The text, in which comments mark calls without effects. */
  code: string;
  /** Whether a name is a global, or one that Jest's module wrapper gives. */
  isGlobal(name: string): boolean;
  isImported(name: string): boolean;
  /** Whether reading a name of the module's top level here cannot throw, and gives the same wherever it is read from. */
  isReadable(name: string): boolean;
  /** Whether a name is bound to a string, a number or the like for good. */
  isPrimitive(name: string): boolean;
  /** Whether a name is bound to a class for good. */
  isClass(name: string): boolean;
  /** What is known of what a readable name is bound to. */
  valueOf(name: string): Value;
  /** Whether a name of any scope is assigned to after its declaration. */
  isAssigned(name: string): boolean;
}

/**
 * Looks whether an initialiser can be evaluated, or not, without anybody noticing but who reads its value. As in a bundler's
 * tree shaking, the language's own objects are taken to be what the language made them, and `@__PURE__` is believed.
 */
export class EffectAnalysis {
  /** Functions that are called where they stand: their bodies run with the declaration. */
  readonly inline = new Set<AnyNode>();
  #calls = false;
  /** Of the initialiser that is being looked at, what goes into `inline`. */
  #called: AnyNode[] = [];
  readonly #names: KnownNames;
  readonly #evaluator: Evaluator;

  constructor(names: KnownNames) {
    this.#names = names;
    this.#evaluator = new Evaluator({
      isGlobal: (name) => names.isGlobal(name),
      valueOf: (name) => this.#valueOf(name),
      isLanguageMember: (node) => this.#isLanguageMember(node),
      isAssigned: (name) => names.isAssigned(name),
    });
  }

  effectOf(node: AnyNode): Effect {
    this.#calls = false;
    this.#called = [];
    if (!this.#isFree(node)) return 'some';
    for (const called of this.#called) this.inline.add(called);
    return this.#calls ? 'calls' : 'none';
  }

  /** What is known of the value of an initialiser. */
  valueOf(node: AnyNode): Value {
    return this.#evaluator.evaluate(node)?.value ?? UNKNOWN;
  }

  #valueOf(name: string): Value | null {
    if (!this.#isFreeRead(name)) return null;
    if (!this.#names.isGlobal(name)) return this.#names.valueOf(name);
    if (CONVERSIONS.has(name)) return { kind: 'conversion' };
    return PRIMITIVES.has(name) ? constant(PRIMITIVES.get(name)) : UNKNOWN;
  }

  /** Whether an expression can be followed and has no effect. */
  #isEvaluated(node: AnyNode): boolean {
    const found = this.#evaluator.evaluate(node);
    if (found !== null) this.#called.push(...found.called);
    return found !== null;
  }

  #isFree(node: AnyNode): boolean {
    switch (node.type) {
      case 'Literal':
        // An expression that this engine cannot read would not get past its parser.
        return !('regex' in node && node.regex !== undefined) || node.value instanceof RegExp;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return true;
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#isFreeClass(node);
      case 'Identifier':
        return this.#isFreeRead(node.name);
      case 'TemplateLiteral':
        return this.isPrimitive(node);
      case 'ArrayExpression':
        return node.elements.some((element) => element?.type === 'SpreadElement')
          ? this.#isEvaluated(node)
          : node.elements.every((element) => element === null || this.#isFree(element));
      case 'ObjectExpression':
        return this.#isFreeObject(node);
      case 'UnaryExpression':
        if (node.operator === 'delete') return false;
        return ['!', 'void', 'typeof'].includes(node.operator)
          ? this.#isFree(node.argument)
          : this.isPrimitive(node);
      case 'BinaryExpression':
        return ['===', '!=='].includes(node.operator)
          ? node.left.type !== 'PrivateIdentifier' &&
              this.#isFree(node.left) &&
              this.#isFree(node.right)
          : this.isPrimitive(node);
      case 'LogicalExpression':
        return this.#isFree(node.left) && this.#isFree(node.right);
      case 'ConditionalExpression':
        return (
          this.#isFree(node.test) && this.#isFree(node.consequent) && this.#isFree(node.alternate)
        );
      case 'SequenceExpression':
        return node.expressions.every((part) => this.#isFree(part));
      case 'MemberExpression':
        return this.#isLanguageMember(node) || this.#isEvaluated(node);
      case 'CallExpression':
      case 'NewExpression':
        return this.#isFreeCall(node);
      default:
        return false;
    }
  }

  #isFreeRead(name: string): boolean {
    if (this.#names.isGlobal(name)) return READABLE_GLOBALS.has(name);
    return this.#names.isReadable(name);
  }

  #isFreeObject(node: ObjectExpression): boolean {
    const isPlain = node.properties.every(
      (property) => property.type === 'Property' && isPlainKey(property),
    );
    if (!isPlain) return this.#isEvaluated(node);
    return node.properties.every(
      (property) => property.type === 'Property' && this.#isFree(property.value),
    );
  }

  #isFreeClass({ superClass, body }: Class): boolean {
    if (superClass && !this.#isConstructor(superClass)) return false;
    return body.body.every((member) => {
      if (member.type === 'StaticBlock') return false;
      // Any other key may be converted, or be one that a class cannot have.
      if (member.computed && !this.#isSymbol(member.key)) return false;
      return (
        member.type === 'MethodDefinition' ||
        !member.static ||
        !member.value ||
        // It may call the class, or read from it.
        (!mentionsClass(member.value) && this.#isFree(member.value))
      );
    });
  }

  #isSymbol(key: AnyNode): boolean {
    return this.#isEvaluated(key) && this.valueOf(key).kind === 'symbol';
  }

  #isConstructor(node: Expression): boolean {
    if (node.type !== 'Identifier') return false;
    return this.#names.isGlobal(node.name)
      ? CONSTRUCTORS.has(node.name)
      : this.#names.isReadable(node.name) && this.#names.isClass(node.name);
  }

  /** What the language gives, such as `Object.prototype.hasOwnProperty`. */
  #isLanguageMember(node: AnyNode & { type: 'MemberExpression' }): boolean {
    const { object } = node;
    const name = memberName(node);
    if (name === null || POISONED.has(name)) return false;
    if (object.type === 'Identifier')
      return this.#names.isGlobal(object.name) && NAMESPACES.has(object.name);
    return (
      object.type === 'MemberExpression' &&
      object.object.type === 'Identifier' &&
      this.#names.isGlobal(object.object.name) &&
      PLAIN_PROTOTYPES.has(object.object.name) &&
      memberName(object) === 'prototype'
    );
  }

  #isFreeCall(node: AnyNode & { type: 'CallExpression' | 'NewExpression' }): boolean {
    const { callee } = node;
    const values = node.arguments;
    if (this.#isIntrinsicCall(node)) return true;
    if (!isMarkedPure(node, this.#names.code)) return this.#isEvaluated(node);
    const isCalledInPlace =
      callee.type === 'FunctionExpression' || callee.type === 'ArrowFunctionExpression';
    if (isCalledInPlace ? callee.async || callee.generator : !this.#isPlainPath(callee))
      return false;
    if (!values.every((value) => value.type !== 'SpreadElement' && this.#isFree(value)))
      return false;
    if (isCalledInPlace) this.#called.push(callee);
    this.#calls = true;
    return true;
  }

  /** A name, or members of one, such as `_react.default.memo` or `_react["default"].memo`. */
  #isPlainPath(node: AnyNode): boolean {
    let at = node;
    // Modules compiled to CommonJS call what they import as `(0, _react.memo)(…)`.
    if (at.type === 'SequenceExpression' && at.expressions.length === 2) {
      const [zero, path] = at.expressions;
      if (zero?.type !== 'Literal' || path === undefined) return false;
      at = path;
    }
    while (at.type === 'MemberExpression' && memberName(at) !== null) at = at.object;
    if (at.type !== 'Identifier') return false;
    const { name } = at;
    return this.#names.isImported(name) || this.#isFreeRead(name);
  }

  #isIntrinsicCall(node: AnyNode & { type: 'CallExpression' | 'NewExpression' }): boolean {
    const { callee } = node;
    const values = node.arguments;
    const [first] = values;
    if (values.length > 1 || first?.type === 'SpreadElement') return false;
    if (callee.type === 'Identifier') {
      if (!this.#names.isGlobal(callee.name)) return false;
      if (node.type === 'CallExpression')
        return callee.name === 'Symbol' && (first === undefined || this.isPrimitive(first));
      if (!COLLECTIONS.has(callee.name)) return false;
      if (first === undefined) return true;
      if (first.type !== 'ArrayExpression' || !this.#isFree(first)) return false;
      return callee.name === 'Set' || (callee.name === 'Map' && holdsPairs(first));
    }
    if (node.type !== 'CallExpression' || callee.type !== 'MemberExpression') return false;
    const { object } = callee;
    const method = memberName(callee);
    if (method === null || object.type !== 'Identifier') return false;
    if (object.name !== 'Object' || !this.#names.isGlobal('Object') || first === undefined)
      return false;
    if (method === 'create') return first.type === 'Literal' && first.raw === 'null';
    if (method !== 'freeze' && method !== 'seal') return false;
    // What is made here and now belongs to nobody else.
    const isFresh = first.type === 'ObjectExpression' || first.type === 'ArrayExpression';
    return isFresh && this.#isFree(first);
  }

  /** Whether a value is a string, a number or the like, so that no conversion of it calls anything. */
  isPrimitive(node: AnyNode): boolean {
    switch (node.type) {
      case 'Literal':
        // Numbers and big numbers do not mix.
        return !('regex' in node && node.regex !== undefined) && typeof node.value !== 'bigint';
      case 'Identifier':
        return this.#names.isGlobal(node.name)
          ? PRIMITIVES.has(node.name)
          : this.#names.isReadable(node.name) && this.#names.isPrimitive(node.name);
      case 'TemplateLiteral':
        return node.expressions.every((part) => this.isPrimitive(part));
      case 'UnaryExpression':
        if (node.operator === 'delete') return false;
        return ['!', 'void', 'typeof'].includes(node.operator)
          ? this.#isFree(node)
          : this.isPrimitive(node.argument);
      case 'BinaryExpression': {
        if (['===', '!=='].includes(node.operator)) return this.#isFree(node);
        // Not by recursion: `'a' + 'b' + 'c' + …` would use up the stack.
        let left: AnyNode = node;
        while (left.type === 'BinaryExpression') {
          if (['in', 'instanceof', '===', '!=='].includes(left.operator)) return false;
          if (!this.isPrimitive(left.right)) return false;
          left = left.left;
        }
        return this.isPrimitive(left);
      }
      case 'LogicalExpression':
        return this.isPrimitive(node.left) && this.isPrimitive(node.right);
      case 'ConditionalExpression':
        return (
          this.#isFree(node.test) &&
          this.isPrimitive(node.consequent) &&
          this.isPrimitive(node.alternate)
        );
      case 'MemberExpression':
      case 'CallExpression':
        return this.valueOf(node).kind === 'primitive' && this.#isEvaluated(node);
      default:
        return false;
    }
  }
}

/** A comment right before a call that says that the call may go where its value is not used. */
const PURE = /\/\*\s*[#@]__PURE__\s*\*\/[ \t(]*$/;

function isMarkedPure({ start }: AnyNode, code: string): boolean {
  return PURE.test(code.slice(Math.max(0, start - MAX_COMMENT_LENGTH), start));
}

const MAX_COMMENT_LENGTH = 40;

function isPlainKey({ computed, key }: Property): boolean {
  return !computed || key.type === 'Literal';
}

function holdsPairs({ elements }: ArrayExpression): boolean {
  return elements.every((element) => element?.type === 'ArrayExpression');
}

/** Whether a static field's value may use the class that it belongs to, which `this` stands for. */
function mentionsClass(value: AnyNode): boolean {
  return (
    value.type !== 'Literal' &&
    value.type !== 'FunctionExpression' &&
    value.type !== 'ArrowFunctionExpression'
  );
}
