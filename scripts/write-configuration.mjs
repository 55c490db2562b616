// Writes the table of options in docs/configuration.md from the types and their docstrings in src/config/options.ts.
// `--check` only tells whether the table is up to date.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const source = path.join(root, 'src', 'config', 'options.ts');
const page = path.join(root, 'docs', 'configuration.md');
const BEGIN = '<!-- options: begin -->';
const END = '<!-- options: end -->';

const wanted = await prettier.format(withTable(fs.readFileSync(page, 'utf8')), {
  ...(await prettier.resolveConfig(page)),
  parser: 'markdown',
});
if (!process.argv.includes('--check')) fs.writeFileSync(page, wanted);
else if (wanted !== fs.readFileSync(page, 'utf8')) {
  console.error('docs/configuration.md is behind src/config/options.ts; run "npm run docs".');
  process.exitCode = 1;
}

function withTable(text) {
  const rows = readOptions().map(({ name, type, doc }) => `| \`${name}\` | ${type} | ${doc} |`);
  const table = ['| option | type | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
  return `${before}\n\n${table}\n\n${text.slice(text.indexOf(END))}`;
}

/** The members of the interface `Options`, in order. */
function readOptions() {
  const file = ts.createSourceFile(
    source,
    fs.readFileSync(source, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const options = file.statements.find(
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
