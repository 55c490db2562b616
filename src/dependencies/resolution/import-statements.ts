import { parse, type Node } from 'acorn';

/** The imports of a source that can be found without running it. */
export interface ImportStatements {
  specifiers: readonly string[];
  /** Whether it also imports by an expression, whose value is only known at run time. */
  isComputed: boolean;
}

const NONE: ImportStatements = { specifiers: [], isComputed: false };

/** For sources that are not plain JavaScript. */
const IMPORT = /(?:\bfrom|\bimport|\bimport\s*\()\s*(["'])((?:(?!\1)[^\\\n])+)\1/g;
const COMPUTED = /\bimport\s*\(\s*(?!\s|["'][^"'\n]*["']\s*[,)])/;

/**
 * Returns the specifiers of a source's import and export statements, and of its calls of `import()` and
 * `import.meta.resolve()`.
 */
export function importStatements(source: string): ImportStatements {
  if (!source.includes('import') && !/\bexport\b/.test(source)) return NONE;
  const program = parsed(source);
  if (program === null)
    return {
      specifiers: [...source.matchAll(IMPORT)].map(([, , specifier = '']) => specifier),
      isComputed: COMPUTED.test(source),
    };
  const found = new Set<string>();
  let isComputed = false;
  const add = (source: unknown): void => {
    const text = constantText(source);
    if (text === null) isComputed = true;
    else found.add(text);
  };
  const queue: unknown[] = [program];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const { type, source, callee } = node as Record<string, unknown>;
    const isImport = type === 'ImportExpression' || type === 'ImportDeclaration';
    if (isImport || (typeof type === 'string' && type.startsWith('Export') && source != null))
      add(source);
    else if (type === 'CallExpression' && isMetaResolve(callee))
      add((node as { arguments: unknown[] }).arguments[0]);
    queue.push(...Object.values(node as Record<string, unknown>));
  }
  return { specifiers: [...found], isComputed };
}

function parsed(source: string): Node | null {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parse(source, {
        ecmaVersion: 'latest',
        sourceType,
        allowHashBang: true,
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
      });
    } catch {
      // Try the other source type.
    }
  }
  return null;
}

function constantText(node: unknown): string | null {
  const { type, value, expressions, quasis } = (node ?? {}) as {
    type?: string;
    value?: unknown;
    expressions?: unknown[];
    quasis?: { value: { cooked?: string } }[];
  };
  if (type === 'Literal' && typeof value === 'string') return value;
  if (type !== 'TemplateLiteral' || expressions?.length !== 0) return null;
  return quasis?.[0]?.value.cooked ?? null;
}

function isMetaResolve(callee: unknown): boolean {
  const { type, object, property } = (callee ?? {}) as {
    type?: string;
    object?: { type?: string };
    property?: { name?: string };
  };
  return (
    type === 'MemberExpression' && object?.type === 'MetaProperty' && property?.name === 'resolve'
  );
}
