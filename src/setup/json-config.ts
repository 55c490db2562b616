import { parseExpressionAt, type Expression, type Property } from 'acorn';
import { UnclearSourceError } from './config-source';

/**
 * Creates a JavaScript config from a JSON config, because JSON cannot call a function.
 * @param json The text of the JSON object, which is also valid JavaScript.
 * @param isModule Whether the file is an ES module.
 */
export function configFromJson(json: string, isModule: boolean): string {
  return isModule
    ? `import { withTestmon } from 'jest-testmon';\n\nexport default withTestmon(${json});\n`
    : `const { withTestmon } = require('jest-testmon');\n\nmodule.exports = withTestmon(${json});\n`;
}

/**
 * Removes the key `jest` from the text of a package.json. The rest stays as it is.
 * @returns The text without the key, and the text of its value. Null if there is no such key.
 * @throws {UnclearSourceError} If the text is not a JSON object, or the value is not an object.
 */
export function takeJestKey(text: string): { rest: string; json: string } | null {
  const properties = propertiesOf(text);
  const index = properties.findIndex(({ key }) => key.type === 'Literal' && key.value === 'jest');
  const property = properties[index];
  if (property === undefined) return null;
  if (property.value.type !== 'ObjectExpression')
    throw new UnclearSourceError('its key "jest" holds no object');
  const before = properties[index - 1];
  const after = properties[index + 1];
  const from = before?.end ?? property.start;
  const to = before === undefined && after !== undefined ? after.start : property.end;
  const lineStart = text.lastIndexOf('\n', property.start) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const json = text
    .slice(property.value.start, property.value.end)
    .split('\n')
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join('\n');
  return { rest: text.slice(0, from) + text.slice(to), json };
}

function propertiesOf(text: string): Property[] {
  let object: Expression;
  try {
    object = parseExpressionAt(text, 0, { ecmaVersion: 'latest' });
  } catch {
    // The user then sees which lines to add by hand.
    throw new UnclearSourceError('it cannot be parsed');
  }
  if (object.type !== 'ObjectExpression') throw new UnclearSourceError('it is no JSON object');
  return object.properties.filter((property) => property.type === 'Property');
}
