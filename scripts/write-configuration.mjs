// Writes the generated parts of docs/configuration.md: the table of options, from the types and docstrings in
// src/config/options.ts, and the list of ignored variables. With `--check` it only reports whether the page is up to
// date.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const optionsSource = path.join(root, 'src', 'config', 'options.ts');
const variablesSource = path.join(root, 'src', 'dependencies', 'variables.ts');
const page = path.join(root, 'docs', 'configuration.md');

const written = fs.readFileSync(page, 'utf8');
const withOptions = replaceRegion(written, 'options', optionsTable());
const wanted = await prettier.format(
  replaceRegion(withOptions, 'ignored variables', ignoredVariables()),
  {
    ...(await prettier.resolveConfig(page)),
    parser: 'markdown',
  },
);
if (!process.argv.includes('--check')) fs.writeFileSync(page, wanted);
else if (wanted !== written) {
  console.error('docs/configuration.md is behind the sources; run "npm run docs".');
  process.exitCode = 1;
}

/** Replaces the text between the comments that mark a region of the page. */
function replaceRegion(text, region, content) {
  const begin = `<!-- ${region}: begin -->`;
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  return `${before}\n\n${content}\n\n${text.slice(text.indexOf(`<!-- ${region}: end -->`))}`;
}

function optionsTable() {
  const rows = readOptions().map(({ name, type, doc }) => `| \`${name}\` | ${type} | ${doc} |`);
  return ['| option | type | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The names and patterns of `IGNORED_VARIABLES`, in order. */
function ignoredVariables() {
  const names = [];
  parse(variablesSource).statements.forEach(function visit(node) {
    if (ts.isVariableDeclaration(node) && node.name.getText() === 'IGNORED_VARIABLES')
      names.push(...node.initializer.elements.map((element) => `\`${element.text}\``));
    else ts.forEachChild(node, visit);
  });
  return names.join(', ');
}

function parse(file) {
  return ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** The members of the interface `Options`, in order. */
function readOptions() {
  const options = parse(optionsSource).statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === 'Options',
  );
  return options.members.map((member) => ({
    name: member.name.getText(),
    type: `\`${member.type.getText()}\``.replaceAll('|', '\\|'),
    doc: ts
      .getJSDocCommentsAndTags(member)
      .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
      .join(' ')
      .replaceAll('\n', ' ')
      .replaceAll('|', '\\|'),
  }));
}
