import { parse, type Options, type Program } from 'acorn';
import { BlocksError } from '../error';

/** Whether a text runs inside Jest's CommonJS wrapper or as an ES module. */
export type Form = 'commonjs' | 'module';

const COMMON: Options = { ecmaVersion: 'latest', allowHashBang: true };

// `commonjs` parses a text as a function body, as Jest's module wrapper does.
const OPTIONS: Record<Form, Options> = {
  commonjs: { ...COMMON, sourceType: 'commonjs' },
  module: { ...COMMON, sourceType: 'module' },
};

/**
 * Parses one file.
 * @param code The text that Jest would run.
 * @param form How Jest would run it.
 * @throws {BlocksError} If the text is not JavaScript, or is nested deeper than the stack allows.
 */
export function parseProgram(code: string, form: Form): Program {
  try {
    return parse(code, OPTIONS[form]);
  } catch (error) {
    throw asBlocksError(error);
  }
}

/**
 * Returns an error whose message is a sentence for users.
 * @param error A parser's `SyntaxError`, or the `RangeError` of a full stack. Any other error is returned unchanged.
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

/** Acorn turns the `RangeError` into its own kind of error. */
function isFullStack(error: unknown): boolean {
  return error instanceof SyntaxError && error.message.startsWith('Not enough stack space');
}
