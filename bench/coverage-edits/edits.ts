import ts from 'typescript';
import type { Source } from '../mutation/mutants';
import type { Random } from '../mutation/random';

/** What an edit does, as a person would: tests need not notice it. */
export const EDIT_KINDS = [
  'statement',
  'branch',
  'constant',
  'deleted function',
  'moved function',
  'comment',
] as const;
export type EditKind = (typeof EDIT_KINDS)[number];

/** A source file with one edit in it. */
export interface EditedSource {
  kind: EditKind;
  file: string;
  text: string;
  /** From 1. */
  line: number;
}

/** The texts that one kind of edit can make of a file, each with the position that it is at. */
type Edits = (source: ts.SourceFile, number: number) => (readonly [at: number, text: string])[];

const EDITS: Record<EditKind, Edits> = {
  statement: (source, number) =>
    statementsInFunctions(source).map((at) => insert(source, at, `void 'edit ${number}';\n`)),
  branch: (source, number) =>
    statementsInFunctions(source).map((at) =>
      insert(source, at, `if (Date.now() < ${number}) {\nvoid 'never';\n}\n`),
    ),
  constant: (source, number) =>
    // An exported one is a type error nowhere, also where unused ones are.
    source.statements
      .filter((statement) => !ts.isImportDeclaration(statement) && isPlainStatement(statement))
      .map((statement) => {
        const head = ts.isExternalModule(source) ? 'export const' : 'const';
        return insert(
          source,
          statement.getStart(),
          `${head} edit${number} = [${number}, 'edit'];\n`,
        );
      }),
  'deleted function': (source) =>
    functionsOf(source).map((node) => [node.getStart(), without(source, node)]),
  'moved function': (source) =>
    functionsOf(source).flatMap((node) => {
      const last = siblingsOf(node).at(-1);
      if (last === undefined || last === node) return [];
      const { text } = source;
      const rest = text.slice(node.getEnd(), last.getEnd());
      const moved = [rest, text.slice(node.getStart(), node.getEnd())].join('\n');
      return [
        [node.getStart(), text.slice(0, node.getStart()) + moved + text.slice(last.getEnd())],
      ];
    }),
  comment: (source, number) =>
    [...source.statements.map((one) => one.getStart()), ...statementsInFunctions(source)].map(
      (at) => insert(source, at, `// Edit ${number},\n// of two lines.\n`),
    ),
};

/**
 * Draws an edit: evenly over the files that have edits of that kind, then over those edits. What does not parse is
 * drawn again.
 * @param number Tells this edit from others in what it writes.
 * @returns Null where no file has such an edit.
 */
export function drawEdit(
  sources: readonly Source[],
  kind: EditKind,
  number: number,
  random: Random,
): EditedSource | null {
  for (const files = [...sources]; files.length > 0;) {
    const source = random.pick(files);
    if (source === undefined) break;
    const parsed = parse(source);
    const drawn = random.pick(EDITS[kind](parsed, number));
    if (drawn !== undefined && isParsed({ ...source, text: drawn[1] })) {
      const line = source.text.slice(0, drawn[0]).split('\n').length;
      return { kind, file: source.file, text: drawn[1], line };
    }
    files.splice(files.indexOf(source), 1);
  }
  return null;
}

function parse({ file, text }: Source): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function isParsed({ file, text }: Source): boolean {
  const { diagnostics = [] } = ts.transpileModule(text, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { allowJs: true, jsx: ts.JsxEmit.Preserve, target: ts.ScriptTarget.ESNext },
  });
  return diagnostics.length === 0;
}

function insert({ text }: ts.SourceFile, at: number, inserted: string): [at: number, text: string] {
  return [at, text.slice(0, at) + inserted + text.slice(at)];
}

function without({ text }: ts.SourceFile, node: ts.Node): string {
  return text.slice(0, node.getStart()) + text.slice(node.getEnd());
}

/** Where statements of functions begin, apart from directives. */
function statementsInFunctions(source: ts.SourceFile): number[] {
  const found: number[] = [];
  const visit = (node: ts.Node, isInside: boolean): void => {
    if (isInside && ts.isBlock(node))
      found.push(...node.statements.filter(isPlainStatement).map((one) => one.getStart()));
    ts.forEachChild(node, (child) => visit(child, isInside || ts.isFunctionLike(node)));
  };
  visit(source, false);
  return found;
}

function isPlainStatement(node: ts.Statement): boolean {
  return !(ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression));
}

/** Functions and methods that can be taken out as a whole. */
function functionsOf(source: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const isFunction = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
    const isMember = ts.isClassLike(node.parent) || !ts.isMethodDeclaration(node);
    if (isFunction && node.body !== undefined && isMember) found.push(node);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

/** What stands in a row with a function. */
function siblingsOf({ parent }: ts.Node): readonly ts.Node[] {
  if (ts.isClassLike(parent)) return parent.members;
  return ts.isSourceFile(parent) || ts.isBlock(parent) ? parent.statements : [];
}
