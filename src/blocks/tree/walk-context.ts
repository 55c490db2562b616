import type { AnyNode } from 'acorn';
import type { CounterReach } from '../counters/counter-list';
import type { HashableDeclaration } from '../syntax/hash';
import type { HoistScope } from '../syntax/hoist-scope';
import type { BlockNode } from './block-node';
import type { OpenDeclaration } from './declaration-list';

/** A block or a declaration, as far as it is written. */
export type Written = Pick<BlockNode, 'index' | 'name' | 'syntax' | 'mentions'> & {
  /** Set for a declaration, which has no index of its own. */
  declaration?: HashableDeclaration;
};

/** A declaration that is going to be written. @param index Of the block around it. */
export function writtenOf(declaration: OpenDeclaration, index: number, name: string): Written {
  return { index, name, syntax: '', mentions: declaration.mentions, declaration };
}

/** What holds while a part of the syntax is walked. */
export interface WalkContext {
  /** The block, or the declaration, whose syntax is being written. */
  block: Written;
  scope: HoistScope;
  className: string;
  /** True where code may run before the module's first statement. */
  early: boolean;
  /** True where V8 would quote an expression in an error message. */
  quoted: boolean;
  /** True where a probe would be noticed, so that nothing gets one. */
  inert: boolean;
  /** True where code runs whenever the declaration around it is evaluated, so that its branches need no probes. */
  evaluated: boolean;
  /** When counters of a declaration count. */
  reach: CounterReach;
  /** True in a declaration that is known to run all of its code as its module is loaded. */
  runsWhole: boolean;
}

/** What holds where a module begins. */
export function atStart(block: Written, scope: HoistScope): WalkContext {
  return {
    block,
    scope,
    className: '',
    early: false,
    quoted: false,
    inert: false,
    evaluated: false,
    reach: 'certain',
    runsWhole: false,
  };
}

/** A function of any kind. */
export type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;
