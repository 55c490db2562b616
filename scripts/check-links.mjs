// Checks the links of every Markdown file: that the file or folder exists, and that the heading does. A file that npm
// ships may only link to what npm ships too, as a user reads it in node_modules. Links to the web are not followed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { files: shippedPaths } = JSON.parse(
  fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
);

const pages = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.md'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\0')
  .filter((page) => page !== '' && fs.existsSync(path.join(root, page)));

const problems = pages.flatMap(checkPage);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** Returns one sentence for each broken link of a page. */
function checkPage(page) {
  const text = withoutCode(fs.readFileSync(path.join(root, page), 'utf8'));
  return linksOf(text).flatMap((link) => {
    const problem = checkLink(page, link);
    return problem === null ? [] : [`${page}: the link "${link}" ${problem}.`];
  });
}

function checkLink(page, link) {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return null;
  const [target, anchor] = link.split('#');
  const file = target === '' ? page : path.posix.join(path.posix.dirname(page), decodeURI(target));
  if (!fs.existsSync(path.join(root, file))) return 'leads to a file that does not exist';
  if (isShipped(page) && !isShipped(file)) return 'leads to a file that npm does not ship';
  if (anchor === undefined) return null;
  const headings = headingsOf(fs.readFileSync(path.join(root, file), 'utf8'));
  return headings.has(anchor) ? null : 'leads to a heading that does not exist';
}

/** Whether npm ships a file, according to `files` in package.json. */
function isShipped(file) {
  return shippedPaths.some((shipped) => file === shipped || file.startsWith(`${shipped}/`));
}

/** The targets of `[text](target)` and `![text](target)`. */
function linksOf(text) {
  return Array.from(text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g), ([, link]) => link);
}

/** The anchors that GitHub gives to the headings of a page. */
function headingsOf(text) {
  const anchors = new Set();
  for (const [, heading] of withoutBlocks(text).matchAll(/^#{1,6}\s+(.+)$/gm)) {
    const anchor = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

function withoutCode(text) {
  return withoutBlocks(text).replace(/`[^`\n]*`/g, '');
}

function withoutBlocks(text) {
  return text.replace(/^\s*(```|~~~)[^]*?^\s*\1\s*$/gm, '');
}
