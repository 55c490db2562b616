import ts from 'typescript';

/** What a mutant does to the code. */
export type Operator =
  | 'flip-operator'
  | 'negate-condition'
  | 'remove-return'
  | 'remove-call'
  | 'change-constant'
  | 'change-module-value'
  | 'drop-property'
  | 'drop-export'
  | 'drop-element'
  | 'change-default'
  | 'empty-else'
  | 'remove-optional-chaining';

/** One replacement of a stretch of source text. */
export interface Edit {
  operator: Operator;
  start: number;
  end: number;
  replacement: string;
}

type Collect = (operator: Operator, start: number, end: number, replacement: string) => void;
type Mutate = (node: ts.Node, source: ts.SourceFile, collect: Collect) => void;

/** Every mutation of a parsed file, in order of position. Types and imports are left alone. */
export function editsOf(source: ts.SourceFile): Edit[] {
  const edits: Edit[] = [];
  const collect: Collect = (operator, start, end, replacement) => {
    edits.push({ operator, start, end, replacement });
  };
  const visit = (node: ts.Node): void => {
    if (isTypeOnly(node)) return;
    for (const mutate of MUTATIONS) mutate(node, source, collect);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return edits.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** What leaves nothing behind when types are stripped, and imports, which decide who is related to whom. */
function isTypeOnly(node: ts.Node): boolean {
  return (
    // `class A extends B` is written with a type node around the expression B.
    (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isTypeParameterDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isImportEqualsDeclaration(node) ||
    isModuleRequest(node) ||
    (ts.canHaveModifiers(node) && has(node, ts.SyntaxKind.DeclareKeyword))
  );
}

function isModuleRequest(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword ||
    expression.kind === ts.SyntaxKind.SuperKeyword ||
    (ts.isIdentifier(expression) && expression.text === 'require')
  );
}

function has(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false;
}

const FLIPPED = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.PlusToken, '-'],
  [ts.SyntaxKind.MinusToken, '+'],
  [ts.SyntaxKind.AsteriskToken, '/'],
  [ts.SyntaxKind.SlashToken, '*'],
  [ts.SyntaxKind.PercentToken, '*'],
  [ts.SyntaxKind.PlusEqualsToken, '-='],
  [ts.SyntaxKind.MinusEqualsToken, '+='],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.EqualsEqualsToken, '!='],
  [ts.SyntaxKind.ExclamationEqualsToken, '=='],
  [ts.SyntaxKind.LessThanToken, '>='],
  [ts.SyntaxKind.GreaterThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '>'],
  [ts.SyntaxKind.GreaterThanEqualsToken, '<'],
]);

const flipOperator: Mutate = (node, source, collect) => {
  if (!ts.isBinaryExpression(node)) return;
  const flipped = FLIPPED.get(node.operatorToken.kind);
  if (flipped === undefined) return;
  collect('flip-operator', node.operatorToken.getStart(source), node.operatorToken.end, flipped);
};

const negateCondition: Mutate = (node, source, collect) => {
  const condition = conditionOf(node);
  if (condition === undefined) return;
  const start = condition.getStart(source);
  collect('negate-condition', start, condition.end, `!(${textOf(condition, source)})`);
};

function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) {
    return node.expression;
  }
  if (ts.isForStatement(node) || ts.isConditionalExpression(node)) return node.condition;
  return undefined;
}

const removeReturn: Mutate = (node, source, collect) => {
  const returned =
    ts.isReturnStatement(node) && node.expression !== undefined
      ? node.expression
      : ts.isArrowFunction(node) && !ts.isBlock(node.body)
        ? node.body
        : undefined;
  if (returned === undefined || textOf(returned, source) === 'undefined') return;
  collect('remove-return', returned.getStart(source), returned.end, 'undefined');
};

const removeCall: Mutate = (node, source, collect) => {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
  if (isModuleRequest(node)) return;
  const { parent } = node;
  if (ts.isExpressionStatement(parent)) {
    collect('remove-call', parent.getStart(source), parent.end, ';');
  } else if (isWholeValue(node, parent)) {
    collect('remove-call', node.getStart(source), node.end, 'undefined');
  }
};

/** True where a value stands alone: inside a larger chain of accesses and calls, the whole chain is the value. */
function isWholeValue(node: ts.Expression, parent: ts.Node): boolean {
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression !== node;
  return (
    !ts.isPropertyAccessExpression(parent) &&
    !ts.isElementAccessExpression(parent) &&
    !ts.isNonNullExpression(parent) &&
    !ts.isDecorator(parent) &&
    !ts.isExpressionWithTypeArguments(parent) &&
    !ts.isReturnStatement(parent) &&
    !(ts.isArrowFunction(parent) && parent.body === node)
  );
}

const changeConstant: Mutate = (node, source, collect) => {
  if (isName(node) || isAtModuleLevel(node)) return;
  const changed = changedLiteral(node, source);
  if (changed === undefined) return;
  const operator = isDefault(node.parent, node) ? 'change-default' : 'change-constant';
  collect(operator, node.getStart(source), node.end, changed);
};

/** Property names, module names and directives are no constants. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  return (
    (ts.canHaveModifiers(parent) && 'name' in parent && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node) ||
    (ts.isExpressionStatement(parent) && ts.isStringLiteralLike(node)) ||
    ts.isExportDeclaration(parent) ||
    ts.isExternalModuleReference(parent) ||
    ts.isTaggedTemplateExpression(parent)
  );
}

function changedLiteral(node: ts.Node, source: ts.SourceFile): string | undefined {
  if (ts.isNumericLiteral(node)) return String(Number(textOf(node, source).replace(/_/g, '')) + 1);
  if (ts.isStringLiteral(node) && ts.isJsxAttribute(node.parent)) return '"mutated"';
  if (ts.isStringLiteralLike(node)) return node.text === 'mutated' ? "''" : "'mutated'";
  if (node.kind === ts.SyntaxKind.TrueKeyword) return 'false';
  if (node.kind === ts.SyntaxKind.FalseKeyword) return 'true';
  return undefined;
}

const changeModuleValue: Mutate = (node, source, collect) => {
  if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return;
  const { initializer } = node;
  if (!isAtModuleLevel(initializer) || isRequire(initializer)) return;
  const changed = changedLiteral(initializer, source) ?? 'undefined';
  collect('change-module-value', initializer.getStart(source), initializer.end, changed);
};

/** True for the initialiser of a variable declared outside any function, class or block. */
function isAtModuleLevel(node: ts.Node): boolean {
  return (
    ts.isVariableDeclaration(node.parent) &&
    node.parent.initializer === node &&
    ts.isVariableDeclarationList(node.parent.parent) &&
    ts.isVariableStatement(node.parent.parent.parent) &&
    ts.isSourceFile(node.parent.parent.parent.parent)
  );
}

function isRequire(node: ts.Expression): boolean {
  let inner: ts.Node = node;
  while (ts.isPropertyAccessExpression(inner)) inner = inner.expression;
  return isModuleRequest(inner);
}

const dropProperty: Mutate = (node, source, collect) => {
  if (!ts.isObjectLiteralExpression(node)) return;
  for (const property of node.properties) dropItem('drop-property', property, source, collect);
};

const dropElement: Mutate = (node, source, collect) => {
  if (!ts.isArrayLiteralExpression(node) || isAssignmentTarget(node)) return;
  for (const element of node.elements) {
    if (!ts.isOmittedExpression(element)) dropItem('drop-element', element, source, collect);
  }
};

function isAssignmentTarget(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

/** Drops an item of a list together with the comma behind it. */
function dropItem(
  operator: Operator,
  item: ts.Node,
  source: ts.SourceFile,
  collect: Collect,
): void {
  const start = item.getStart(source);
  const comma = /^\s*,/.exec(source.text.slice(item.end));
  collect(operator, start, item.end + (comma?.[0].length ?? 0), '');
}

const dropExport: Mutate = (node, source, collect) => {
  if (ts.isExportSpecifier(node)) {
    if (!node.isTypeOnly) dropItem('drop-export', node, source, collect);
  } else if (ts.isExportDeclaration(node)) {
    if (node.exportClause === undefined) {
      collect('drop-export', node.getStart(source), node.end, ';');
    }
  } else if (isNamedExport(node)) {
    const keyword = ts.getModifiers(node)?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (keyword !== undefined) {
      collect('drop-export', keyword.getStart(source), keyword.end + 1, '');
    }
  } else if (isCommonJsExport(node)) {
    collect('drop-export', node.getStart(source), node.end, ';');
  }
};

function isNamedExport(
  node: ts.Node,
): node is
  ts.FunctionDeclaration | ts.ClassDeclaration | ts.VariableStatement | ts.EnumDeclaration {
  const declares =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isVariableStatement(node) ||
    ts.isEnumDeclaration(node);
  return declares && !has(node, ts.SyntaxKind.DefaultKeyword);
}

function isCommonJsExport(node: ts.Node): boolean {
  if (!ts.isExpressionStatement(node) || !ts.isBinaryExpression(node.expression)) return false;
  const { left } = node.expression;
  return ts.isPropertyAccessExpression(left) && /^(module\.)?exports\./.test(left.getText());
}

const changeDefault: Mutate = (node, source, collect) => {
  if (!ts.isParameter(node) && !ts.isBindingElement(node)) return;
  if (node.initializer === undefined || changedLiteral(node.initializer, source) !== undefined)
    return;
  collect('change-default', node.initializer.getStart(source), node.initializer.end, 'undefined');
};

function isDefault(parent: ts.Node, node: ts.Node): boolean {
  return (ts.isParameter(parent) || ts.isBindingElement(parent)) && parent.initializer === node;
}

const emptyElse: Mutate = (node, source, collect) => {
  if (!ts.isIfStatement(node) || node.elseStatement === undefined) return;
  collect('empty-else', node.elseStatement.getStart(source), node.elseStatement.end, '{}');
};

const removeOptionalChaining: Mutate = (node, source, collect) => {
  if (
    !ts.isPropertyAccessExpression(node) &&
    !ts.isElementAccessExpression(node) &&
    !ts.isCallExpression(node)
  ) {
    return;
  }
  const token = node.questionDotToken;
  if (token === undefined) return;
  const replacement = ts.isPropertyAccessExpression(node) ? '.' : '';
  collect('remove-optional-chaining', token.getStart(source), token.end, replacement);
};

const MUTATIONS: readonly Mutate[] = [
  flipOperator,
  negateCondition,
  removeReturn,
  removeCall,
  changeConstant,
  changeModuleValue,
  dropProperty,
  dropElement,
  dropExport,
  changeDefault,
  emptyElse,
  removeOptionalChaining,
];

function textOf(node: ts.Node, source: ts.SourceFile): string {
  return source.text.slice(node.getStart(source), node.end);
}
