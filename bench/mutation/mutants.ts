import ts from 'typescript';
import { editsOf, type Edit, type Operator } from './operators';
import { Random } from './random';

/** A small change to one source file that a test should notice. */
export interface Mutant {
  /** The seed and the mutant's number in that seed's sequence: `7/12`. */
  id: string;
  /** Relative to the project's folder, with forward slashes. */
  file: string;
  /** From 1. */
  line: number;
  operator: Operator;
  start: number;
  end: number;
  before: string;
  after: string;
}

/** A source file to make mutants of. */
export interface Source {
  file: string;
  text: string;
}

/** All mutations of a file's text that still parse and change what runs, in order of position. */
export function mutationsOf({ file, text }: Source): Edit[] {
  return editsOf(parse(file, text));
}

/** The file's text with a mutation in it. */
export function applyEdit(text: string, edit: Pick<Edit, 'start' | 'end' | 'replacement'>): string {
  return text.slice(0, edit.start) + edit.replacement + text.slice(edit.end);
}

/** The file's text with a mutant in it. */
export function applyMutant(text: string, { start, end, after }: Mutant): string {
  return applyEdit(text, { start, end, replacement: after });
}

/**
 * Whether a mutation is worth a run: it parses, and what is left when types and comments are stripped differs.
 */
export function isViable({ file, text }: Source, edit: Edit): boolean {
  const mutated = strip(file, applyEdit(text, edit));
  return mutated !== null && mutated !== strip(file, text);
}

/** The JavaScript behind a source text; null where it does not parse. */
function strip(file: string, text: string): string | null {
  const { outputText, diagnostics = [] } = ts.transpileModule(text, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      allowJs: true,
      jsx: ts.JsxEmit.Preserve,
      module: ts.ModuleKind.ESNext,
      removeComments: true,
      target: ts.ScriptTarget.ESNext,
      verbatimModuleSyntax: false,
    },
  });
  return diagnostics.length > 0 ? null : outputText;
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** What belongs to the tests, or holds nothing but declarations of types, is no source of mutants. */
export function isSourceFile(file: string): boolean {
  return (
    /\.[cm]?[jt]sx?$/.test(file) &&
    !/\.d\.[cm]?ts$/.test(file) &&
    !/(^|\/)(node_modules|__[a-z]+__|tests?|specs?|fixtures)\//.test(file) &&
    !/\.(test|spec|test-d|config|stories)\.[cm]?[jt]sx?$/.test(file)
  );
}

/** Says whether mutants of a file are wanted; asked once per file, when its first mutant is drawn. */
export type IsReached = (file: string) => boolean | Promise<boolean>;

/**
 * The sequence of mutants that a seed stands for: each drawn evenly over operators, then over the files that have
 * such mutations, then over those mutations. A longer sequence begins with every shorter one.
 * @param operators The only ones to draw from; null for all.
 */
export async function* mutantSequence(
  sources: readonly Source[],
  seed: number,
  isReached: IsReached,
  operators: readonly string[] | null = null,
): AsyncGenerator<Mutant, void, void> {
  const random = new Random(seed);
  const pool = new Pool(sources, operators);
  for (let number = 1; ;) {
    const drawn = pool.draw(random);
    if (drawn === null) return;
    const { source, edit } = drawn;
    if (!(await pool.isReached(source.file, isReached))) {
      pool.forget(source.file);
      continue;
    }
    if (!isViable(source, edit)) continue;
    yield {
      id: `${seed}/${number}`,
      file: source.file,
      line: source.text.slice(0, edit.start).split('\n').length,
      operator: edit.operator,
      start: edit.start,
      end: edit.end,
      before: source.text.slice(edit.start, edit.end),
      after: edit.replacement,
    };
    number += 1;
  }
}

/** The mutations of one kind in one file that were not drawn yet. */
interface Drawable {
  source: Source;
  edits: Edit[];
}

/** The mutations not yet drawn, by operator and file. */
class Pool {
  readonly #operators = new Map<Operator, Map<string, Drawable>>();
  readonly #reached = new Map<string, boolean>();

  constructor(sources: readonly Source[], operators: readonly string[] | null) {
    const inOrder = [...sources].sort((a, b) => (a.file < b.file ? -1 : 1));
    for (const source of inOrder) {
      for (const edit of mutationsOf(source)) {
        if (operators?.includes(edit.operator) === false) continue;
        const files = this.#operators.get(edit.operator) ?? new Map<string, Drawable>();
        this.#operators.set(edit.operator, files);
        const own = files.get(source.file);
        if (own === undefined) files.set(source.file, { source, edits: [edit] });
        else own.edits.push(edit);
      }
    }
  }

  draw(random: Random): { source: Source; edit: Edit } | null {
    const operator = random.pick([...this.#operators.keys()].sort());
    const files = operator === undefined ? undefined : this.#operators.get(operator);
    const file = random.pick([...(files?.keys() ?? [])]);
    if (operator === undefined || files === undefined || file === undefined) return null;
    const own = files.get(file);
    const [edit] = own?.edits.splice(Math.floor(random.next() * own.edits.length), 1) ?? [];
    if (own === undefined || edit === undefined) return null;
    if (own.edits.length === 0) this.#drop(operator, file);
    return { source: own.source, edit };
  }

  async isReached(file: string, ask: IsReached): Promise<boolean> {
    let reached = this.#reached.get(file);
    if (reached === undefined) this.#reached.set(file, (reached = await ask(file)));
    return reached;
  }

  forget(file: string): void {
    for (const operator of [...this.#operators.keys()]) this.#drop(operator, file);
  }

  #drop(operator: Operator, file: string): void {
    const files = this.#operators.get(operator);
    files?.delete(file);
    if (files?.size === 0) this.#operators.delete(operator);
  }
}
