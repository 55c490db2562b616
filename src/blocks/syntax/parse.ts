import { parse, type Options, type Program } from 'acorn';
import { BlocksError } from '../error';

/** Whether a text runs inside Jest's CommonJS wrapper or as an ES module. */
export type Form = 'commonjs' | 'module';

const COMMON: Options = { ecmaVersion: 'latest', allowHashBang: true };

// `commonjs` parses a text as the body of a function, which is what Jest's module wrapper makes of it.
const OPTIONS: Record<Form, Options> = {
  commonjs: { ...COMMON, sourceType: 'commonjs' },
  module: { ...COMMON, sourceType: 'module' },
};

/**
 * Parses one file.
 * @param code The text that Jest would run.
 * @param form How it would run it.
 * @throws {BlocksError} Where the text is not JavaScript, or nested deeper than the stack allows.
 */
export function parseProgram(code: string, form: Form): Program {
  try {
    return parse(code, OPTIONS[form]);
  } catch (error) {
    throw asBlocksError(error);
  }
}

/**
 * What went wrong, as a sentence.
 * @param error A parser's `SyntaxError`, or the `RangeError` of a stack that is full; anything else is given back.
 */
export function asBlocksError(error: unknown): unknown {
  if (error instanceof RangeError || isFullStack(error)) {
    return new BlocksError('This code is nested too deeply to be read.', { cause: error });
  }
  if (!(error instanceof SyntaxError)) return error;
  const { loc } = error as { loc?: { line: number; column: number } };
  const reason = error.message.replace(/ \(\d+:\d+\)$/, '');
  const place = loc === undefined ? '' : ` at ${loc.line}:${loc.column + 1}`;
  return new BlocksError(`This code is not JavaScript that can be read: ${reason}${place}.`, {
    cause: error,
  });
}

/** Acorn turns the `RangeError` into an error of its own kind. */
function isFullStack(error: unknown): boolean {
  return error instanceof SyntaxError && error.message.startsWith('Not enough stack space');
}
