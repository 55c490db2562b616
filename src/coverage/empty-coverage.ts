import { parseExpressionAt, type AnyNode } from 'acorn';
import type { FileCoverage } from './file-coverage';

/** How istanbul begins the literal with a file's coverage data. Source: `coverageTemplate` in `istanbul-lib-instrument`. */
const DATA = /\bfunction cov_[a-z0-9]+\(\)\s*\{[^]*?\b(?:var|let|const) coverageData\s*=\s*(?=\{)/;

/**
 * The coverage data of a file that nothing has run yet.
 * @param code As the file is transformed for coverage.
 * @returns Null where the code is not instrumented.
 */
export function emptyCoverage(code: string): FileCoverage | null {
  const found = DATA.exec(code);
  if (found === null) return null;
  const at = found.index + found[0].length;
  const data = valueOf(parseExpressionAt(code, at, { ecmaVersion: 'latest' })) as FileCoverage;
  const hash = /\b(?:var|let|const) hash\s*=\s*["']([^"']*)["']/.exec(found[0])?.[1];
  return hash === undefined ? data : { ...data, hash };
}

/**
 * The coverage data of a file that nothing loads, as Jest's reporter reads it. Source: `readInitialCoverage` in
 * `istanbul-lib-instrument`.
 * @param code As the file is transformed for coverage.
 * @returns Null where the code is not instrumented.
 */
export function untestedCoverage(code: string): FileCoverage | null {
  const data = emptyCoverage(code);
  if (data === null) return null;
  const { hash: _hash, _coverageSchema, ...untested } = data;
  return untested;
}

/** The value of a literal. @throws For anything that is not a plain value. */
function valueOf(node: AnyNode): unknown {
  switch (node.type) {
    case 'Literal':
      return node.value;
    case 'Identifier':
      if (node.name === 'undefined') return undefined;
      break;
    case 'UnaryExpression':
      if (node.operator === '-') return -(valueOf(node.argument) as number);
      if (node.operator === 'void') return undefined;
      break;
    case 'ArrayExpression':
      return node.elements.map((element) => (element === null ? null : valueOf(element)));
    case 'ObjectExpression':
      return Object.fromEntries(
        node.properties.map((property) => {
          if (property.type !== 'Property' || property.computed) throw unknown(property);
          const { key, value } = property;
          return [key.type === 'Identifier' ? key.name : String(valueOf(key)), valueOf(value)];
        }),
      );
    default:
  }
  throw unknown(node);
}

function unknown({ type }: AnyNode): Error {
  return new Error(`Coverage data holds no ${type}.`);
}
