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

/**
 * Starts to write a declaration.
 * @param index Index of the block around it.
 */
export function writtenOf(declaration: OpenDeclaration, index: number, name: string): Written {
  return { index, name, syntax: '', mentions: declaration.mentions, declaration };
}

/** The context in which a part of the syntax is walked. */
export interface WalkContext {
  /** The block or declaration whose syntax is being written. */
  block: Written;
  scope: HoistScope;
  className: string;
  /** True if code may run before the module's first statement. */
  early: boolean;
  /** True if V8 would quote an expression in an error message. */
  quoted: boolean;
  /** True if the program could notice a probe. Then no probe is inserted. */
  inert: boolean;
  /** True if the code runs whenever the declaration around it is evaluated. Its branches then need no probes. */
  evaluated: boolean;
  /** When the counters of a declaration count. */
  reach: CounterReach;
  /** True in a declaration that is known to run all of its code while the module is loaded. */
  runsWhole: boolean;
}

/** The context at the start of a module. */
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
