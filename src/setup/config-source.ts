import { parse, tokenizer, tokTypes, type Comment, type Program, type TokenType } from 'acorn';

/** A range of a text, as offsets. */
interface Range {
  start: number;
  end: number;
}

/** A token with its text. The text of a string token is empty, so that it cannot be confused with a keyword. */
interface Token extends Range {
  type: TokenType;
  text: string;
}

/** The expression that a source exports, and the module style of the export. */
interface Exported extends Range {
  style: 'import' | 'require';
}

/**
 * Says why a config source cannot be edited automatically. The message completes the sentence "jest.config.js was not
 * changed, as …".
 */
export class UnclearSourceError extends Error {}

const MODULE = 'jest-testmon';

/**
 * Wraps the exported expression of a config file into `withTestmon( )`. The rest of the text stays as it is, byte by
 * byte.
 * @param typescript Whether the text may contain types, which the parser does not support. Then the export is found
 *   by its tokens.
 * @throws {UnclearSourceError} If the form of the export is not recognized with certainty.
 */
export function wrapConfigSource(source: string, typescript: boolean): string {
  const { tokens, comments } = tokenize(source);
  const exported = typescript ? findByTokens(tokens) : findByTree(source);
  const end = source.includes('\r\n') ? '\r\n' : '\n';
  const quote = quoteOf(source, tokens);
  const place = placeForImport(source, tokens, comments, exported.style);
  const line =
    exported.style === 'import'
      ? `import { withTestmon } from ${quote}${MODULE}${quote};`
      : `const { withTestmon } = require(${quote}${MODULE}${quote});`;
  const gap = place.isAmongImports ? end : end + end;
  return (
    source.slice(0, place.at) +
    line +
    gap +
    source.slice(place.at, exported.start) +
    `withTestmon(${source.slice(exported.start, exported.end)})` +
    source.slice(exported.end)
  );
}

function tokenize(source: string): { tokens: Token[]; comments: Comment[] } {
  const comments: Comment[] = [];
  try {
    const options = { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true } as const;
    const tokens = [...tokenizer(source, { ...options, onComment: comments })];
    const textOf = ({ type, start, end }: Range & { type: TokenType }) =>
      type === tokTypes.string || type === tokTypes.template ? '' : source.slice(start, end);
    return {
      tokens: tokens.map((token) => ({
        type: token.type,
        start: token.start,
        end: token.end,
        text: textOf(token),
      })),
      comments,
    };
  } catch {
    // The user then sees which lines to add by hand.
    throw new UnclearSourceError('it cannot be read');
  }
}

function findByTree(source: string): Exported {
  const program = parseEither(source);
  const found: Exported[] = [];
  for (const statement of program.body) {
    if (statement.type === 'ExportDefaultDeclaration') {
      const { declaration } = statement;
      if (declaration.type === 'ClassDeclaration' || declaration.type === 'SequenceExpression')
        throw new UnclearSourceError('what it exports is not a usual form of config');
      found.push({ start: declaration.start, end: declaration.end, style: 'import' });
    }
    if (statement.type !== 'ExpressionStatement') continue;
    const { expression } = statement;
    if (expression.type !== 'AssignmentExpression') continue;
    const { left, right, operator } = expression;
    if (operator !== '=' || source.slice(left.start, left.end) !== 'module.exports') continue;
    if (right.type === 'SequenceExpression' || right.type === 'AssignmentExpression')
      throw new UnclearSourceError('what it exports is not a usual form of config');
    found.push({ start: right.start, end: right.end, style: 'require' });
  }
  return onlyOne(found, source.match(/\bexports\b/g)?.length ?? 0);
}

/** Returns the only export. A second export statement could change the config after it is wrapped. */
function onlyOne(found: readonly Exported[], mentions: number): Exported {
  const [first] = found;
  if (first === undefined)
    throw new UnclearSourceError(
      'no "export default" or "module.exports =" stands on its top level',
    );
  if (found.length > 1 || (first.style === 'require' && mentions > 1))
    throw new UnclearSourceError('it exports in more than one place');
  return first;
}

function parseEither(source: string): Program {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parse(source, { ecmaVersion: 'latest', sourceType, allowHashBang: true });
    } catch {
      // Try the other source type.
    }
  }
  throw new UnclearSourceError('it cannot be parsed');
}

/** Keywords that can only begin a new statement. */
const STATEMENTS =
  /^(const|let|var|function|class|export|import|type|interface|enum|declare|if|for|while|switch|try|throw|return)$/;

/**
 * Finds the export in a TypeScript file. The tokenizer of JavaScript still recognizes brackets and strings, which is
 * enough to find the end of a statement.
 */
function findByTokens(tokens: readonly Token[]): Exported {
  const found: Exported[] = [];
  let depth = 0;
  tokens.forEach((token, index) => {
    if (depth === 0) {
      const start = startOfExport(tokens, index);
      if (start !== null) found.push({ ...expressionFrom(tokens, start.from), style: start.style });
    }
    depth += nesting(token);
  });
  const mentions = tokens.filter(({ text }) => text === 'exports');
  return onlyOne(found, mentions.length);
}

function startOfExport(
  tokens: readonly Token[],
  index: number,
): { from: number; style: Exported['style'] } | null {
  const text = (offset: number) => tokens[index + offset]?.text;
  if (text(0) === 'export' && text(1) === 'default') return { from: index + 2, style: 'import' };
  const isModuleExports =
    text(0) === 'module' && text(1) === '.' && text(2) === 'exports' && text(3) === '=';
  return isModuleExports ? { from: index + 4, style: 'require' } : null;
}

function expressionFrom(tokens: readonly Token[], from: number): Range {
  const first = tokens[from];
  if (first === undefined || first.text === 'class')
    throw new UnclearSourceError('what it exports is not a usual form of config');
  let depth = 0;
  let last = first;
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    const isFirst = index <= from + 1;
    if (depth === 0 && token.type === tokTypes.semi) break;
    if (depth === 0 && !isFirst && STATEMENTS.test(token.text)) break;
    depth += nesting(token);
    last = token;
  }
  if (depth !== 0) throw new UnclearSourceError('its brackets could not be matched');
  return { start: first.start, end: last.end };
}

function nesting({ type }: Token): number {
  if (
    type === tokTypes.braceL ||
    type === tokTypes.parenL ||
    type === tokTypes.bracketL ||
    type === tokTypes.dollarBraceL
  )
    return 1;
  return type === tokTypes.braceR || type === tokTypes.parenR || type === tokTypes.bracketR
    ? -1
    : 0;
}

function quoteOf(source: string, tokens: readonly Token[]): string {
  const text = tokens.find(({ type }) => type === tokTypes.string);
  return text !== undefined && source[text.start] === '"' ? '"' : "'";
}

/**
 * Returns the offset at which the import is inserted: before the first import, or before the first statement and its
 * doc comment. Directives and pragmas stay first.
 */
function placeForImport(
  source: string,
  tokens: readonly Token[],
  comments: readonly Comment[],
  style: Exported['style'],
): { at: number; isAmongImports: boolean } {
  const firstImport = tokens.find(
    ({ type }, index) => type === tokTypes._import && tokens[index + 1]?.type !== tokTypes.parenL,
  );
  if (style === 'import' && firstImport !== undefined)
    return { at: firstImport.start, isAmongImports: true };
  let [first] = tokens;
  if (first?.type === tokTypes.string) {
    const next = tokens[1]?.type === tokTypes.semi ? 2 : 1;
    first = tokens[next] ?? first;
  }
  const start = first?.start ?? 0;
  const doc = comments.findLast(({ end }) => end <= start);
  const isAttached =
    doc?.type === 'Block' &&
    doc.value.startsWith('*') &&
    !/@jest-config-loader|@ts-|@license/.test(doc.value) &&
    /^[ \t]*\r?\n?[ \t]*$/.test(source.slice(doc.end, start));
  return { at: isAttached ? doc.start : start, isAmongImports: false };
}
