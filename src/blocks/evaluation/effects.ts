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

/** The effect of evaluating a declaration, as far as code without a reference to it could notice. */
export type Effect =
  /** No effect. */
  | 'none'
  /** It calls a function that is said to have no effect, but that may read other declarations. */
  | 'calls'
  /** An effect, or it is unknown. */
  | 'some';

/** What is known of the names that an initializer reads. */
export interface KnownNames {
  /** The text. Its comments may mark calls without effects. */
  code: string;
  /** Whether a name is a global, or is bound by Jest's module wrapper. */
  isGlobal(name: string): boolean;
  isImported(name: string): boolean;
  /** Whether reading a top-level name here cannot throw, and returns the same value as reading it anywhere else. */
  isReadable(name: string): boolean;
  /** Whether a name always has the same value, and this is a primitive such as a string or a number. */
  isPrimitive(name: string): boolean;
  /** Whether a name is always bound to the same class. */
  isClass(name: string): boolean;
  /** What is known of the value of a readable name. */
  valueOf(name: string): Value;
  /** Whether a name of any scope is assigned to after its declaration. */
  isAssigned(name: string): boolean;
}

/**
 * Finds out whether only code that reads the value of an initializer can notice that it was evaluated. As in a
 * bundler's tree shaking, the built-in objects are expected to be unchanged, and `@__PURE__` is trusted.
 */
export class EffectAnalysis {
  /** Functions that are called where they are defined. Their bodies run with the declaration. */
  readonly inline = new Set<AnyNode>();
  #calls = false;
  /** Functions of the present initializer that may be added to `inline`. */
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

  /** What is known of the value of an initializer. */
  valueOf(node: AnyNode): Value {
    return this.#evaluator.evaluate(node)?.value ?? UNKNOWN;
  }

  #valueOf(name: string): Value | null {
    if (!this.#isFreeRead(name)) return null;
    if (!this.#names.isGlobal(name)) return this.#names.valueOf(name);
    if (CONVERSIONS.has(name)) return { kind: 'conversion' };
    return PRIMITIVES.has(name) ? constant(PRIMITIVES.get(name)) : UNKNOWN;
  }

  /** Whether an expression can be evaluated and has no effect. */
  #isEvaluated(node: AnyNode): boolean {
    const found = this.#evaluator.evaluate(node);
    if (found !== null) this.#called.push(...found.called);
    return found !== null;
  }

  #isFree(node: AnyNode): boolean {
    switch (node.type) {
      case 'Literal':
        // This engine's parser would reject a regular expression that it cannot read.
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
      // Any other key may be converted by a call, or may be a name that a class cannot have.
      if (member.computed && !this.#isSymbol(member.key)) return false;
      return (
        member.type === 'MethodDefinition' ||
        !member.static ||
        !member.value ||
        // The value may call the class, or read from it.
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

  /** Whether it is a member that the language defines, such as `Object.prototype.hasOwnProperty`. */
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

  /** Whether it is a name or a member of one, such as `_react.default.memo` or `_react["default"].memo`. */
  #isPlainPath(node: AnyNode): boolean {
    let at = node;
    // Modules compiled to CommonJS call imported functions as `(0, _react.memo)(…)`.
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
    // No other code has an object that is created here.
    const isFresh = first.type === 'ObjectExpression' || first.type === 'ArrayExpression';
    return isFresh && this.#isFree(first);
  }

  /** Whether a value is a primitive, such as a string or a number. Converting it then calls nothing. */
  isPrimitive(node: AnyNode): boolean {
    switch (node.type) {
      case 'Literal':
        // Calculating with a number and a bigint throws.
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
        // This does not use recursion, because `'a' + 'b' + 'c' + …` would overflow the stack.
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

/** A comment right before a call. It says that the call can be removed if its value is not used. */
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

/** Whether the value of a static field may use its class, for example as `this`. */
function mentionsClass(value: AnyNode): boolean {
  return (
    value.type !== 'Literal' &&
    value.type !== 'FunctionExpression' &&
    value.type !== 'ArrowFunctionExpression'
  );
}
