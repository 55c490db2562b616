// Joins our modules into two files: a hundred small ones take longer to find than to run. `dist/recording.js` is what
// workers need, and `dist/command.js` everything else. What is loaded by name from outside stays a file of its own and
// takes its modules from those two. Each module runs when it is first asked for, in the order it would have run in.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

const ENTRIES = [
  /^(?:cli|index|config\/entry)\.js$/,
  // Loaded only where a project has a global setup.
  /^recording\/setup-recorder\.js$/,
  // Jest's plug points.
  /^jest\//,
  // Benches and tests look into these.
  /^(?:inspection\/index|store\/index|controller\/controller)\.js$/,
];

/** The plug points that workers load. */
const OF_WORKERS = ['jest/environment.js', 'jest/runner.js', 'jest/transform.js'];

/** Packages that many a process never comes to use. */
const LATE = /^(?:acorn|get-tsconfig|js-tokens|picomatch|picocolors|commander)$/;

const PARTS = ['recording.js', 'command.js'];

/** What is loaded without the rest (see `bundle-alone.mjs`), or cannot be kept compiled with it. */
const ALONE = [
  'interception/child/hook.js',
  'interception/child/report.js',
  'compile-cache/index.js',
  'run/import-file.js',
];

const OWN_REQUEST = /require\("(\.{1,2}\/[^"]*|\.{1,2})"\)/g;

const files = readdirSync(dist, { recursive: true })
  .map((file) => file.split(sep).join('/'))
  .filter(
    (file) =>
      file.endsWith('.js') &&
      !file.startsWith('report/page/') &&
      !PARTS.includes(file) &&
      !ALONE.includes(file),
  );

/** Gives our code Node's modules as they were before any test ran. */
const OWN_NODE = 'run/own-node.js';

/** What puts a watch on a module of Node needs the one that tests get. */
const LIVE = {
  'interception/file-system.js': ['node:fs'],
  'interception/observer.js': ['node:fs'],
  'interception/launches.js': ['node:child_process'],
};

const NODE_MODULE = /require\(["'](node:[^"']+)["']\)/g;

/** The same for what `Buffer` gives, which tests share as well. */
const OF_BUFFER = [
  'from',
  'concat',
  'alloc',
  'allocUnsafe',
  'allocUnsafeSlow',
  'byteLength',
  'isBuffer',
];

/** A namespace of Node's own is not copied for each module either. */
function withOwnNode(file, text) {
  if (file === OWN_NODE || file.startsWith('compile-cache/')) return text;
  const own = placeFrom(posix.dirname(file), OWN_NODE.replace(/\.js$/, ''));
  return text
    .replace(/__importStar\((require\(["']node:[^"']+["']\))\)/g, '$1')
    .replace(NODE_MODULE, (request, name) =>
      LIVE[file]?.includes(name) ? request : `require("${own}").own("${name}")`,
    );
}

const texts = new Map(
  files.map((file) => [file, withOwnNode(file, readFileSync(join(dist, file), 'utf8'))]),
);

/** The built file that a request names. */
function target(file, request) {
  const path = posix.join(posix.dirname(file), request);
  const found = [`${path}.js`, `${path}/index.js`].find(
    (candidate) => texts.has(candidate) || ALONE.includes(candidate),
  );
  if (found === undefined) throw new Error(`${file} requires ${request}, which is not built.`);
  return found;
}

/** All that the given files require, themselves aside. */
function reach(from) {
  const reached = new Set();
  const open = [...from];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const [, request] of texts.get(file).matchAll(OWN_REQUEST)) {
      const next = target(file, request);
      if (ALONE.includes(next)) continue;
      if (!reached.has(next)) open.push(next);
      reached.add(next);
    }
  }
  return reached;
}

const isEntry = (file) => ENTRIES.some((entry) => entry.test(file));
const recording = reach(OF_WORKERS);
const partOf = (file) => (recording.has(file) ? PARTS[0] : isEntry(file) ? null : PARTS[1]);

function placeFrom(folder, file) {
  const place = posix.relative(folder, file);
  return place.startsWith('.') ? place : `./${place}`;
}

/** A module's text for where it comes to stand: in a part, or by itself where that is null. */
function rewritten(file, part) {
  const folder = part === null ? posix.dirname(file) : '.';
  return texts.get(file).replace(OWN_REQUEST, (request, path) => {
    const wanted = target(file, path);
    if (ALONE.includes(wanted)) return `require("${placeFrom(folder, wanted)}")`;
    const other = partOf(wanted);
    if (other === null || other === part) return request;
    return `require("${placeFrom(folder, other)}").load("${wanted}")`;
  });
}

const IMPORT = /^const (\w+) = ((?:__import\w+\()?require\("([^".]+)"\)\)?);$/gm;

/** Some packages are required where they are used. */
function cheaper(text) {
  let result = text;
  for (const [statement, name, value, wanted] of text.matchAll(IMPORT)) {
    if (!LATE.test(wanted)) continue;
    result = result
      .replace(statement, '')
      .replaceAll(new RegExp(`\\b${name}\\b`, 'g'), () => `(${value})`);
  }
  return result;
}

/** A module that stands among others still knows its own place. */
function inItsPlace(file, text) {
  const folder = `require("node:path").join(__dirname, ${JSON.stringify(posix.dirname(file))})`;
  const self = `require("node:path").join(__dirname, ${JSON.stringify(file)})`;
  return text.replace(/\b__(file|dir)name\b/g, (_, which) => (which === 'file' ? self : folder));
}

const ofPart = (part) => ({
  name: part,
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      const file = relative(dist, path).split(sep).join('/');
      const contents = inItsPlace(file, cheaper(rewritten(file, part)));
      return { contents, loader: 'js' };
    });
  },
});

for (const part of PARTS) {
  const modules = files
    .filter((file) => partOf(file) === part)
    .map((file) => `${JSON.stringify(file)}: () => require("./${file}"),\n`);
  await build({
    stdin: {
      contents: `const modules = {\n${modules.join('')}};\nexports.load = (name) => modules[name]();`,
      resolveDir: dist,
    },
    outfile: join(dist, part),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    external: ['./recording.js', ...ALONE.map((file) => `./${file}`)],
    banner: { js: `const ${OF_BUFFER.map((name) => `buffer_${name}=Buffer.${name}`).join()};` },
    define: Object.fromEntries(OF_BUFFER.map((name) => [`Buffer.${name}`, `buffer_${name}`])),
    minifyWhitespace: true,
    minifySyntax: true,
    charset: 'utf8',
    logLevel: 'warning',
    plugins: [ofPart(part)],
  });
}

for (const file of files) {
  if (isEntry(file)) writeFileSync(join(dist, file), rewritten(file, null));
  else rmSync(join(dist, file));
}
