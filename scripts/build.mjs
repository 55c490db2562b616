// Builds the package: from `src/` to `dist/`.
//
// 1. TypeScript compiles each module, into a cache, so that a second build compiles only what has changed.
// 2. A hundred small modules take longer to find than to run. They are joined into two files: `recording.js` has what
//    workers need, `command.js` everything else. Each module runs when it is first asked for, in the order it would
//    have run in. What is loaded by name from outside stays a file of its own, and takes its modules from those two.
// 3. What is loaded without the rest becomes a bundle of its own: what child processes of tests load, which every child
//    pays for, and the compile cache, which the rest is loaded through.
// 4. The page of `report` is bundled for browsers.
// 5. Declarations are kept as far as the package's entries reach them.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../', import.meta.url));
const source = join(root, 'src');
const dist = join(root, 'dist');
/** What TypeScript wrote, one file for each module. */
const compiled = join(root, 'node_modules/.cache/build/compiled');

/** Stay files of their own: what Jest, Node or a user loads by name. */
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
const OF_WORKERS = [
  'jest/environment.js',
  'jest/environment-jsdom.js',
  'jest/environment-node.js',
  'jest/test-runner.js',
  'jest/transform.js',
];

const RECORDING = 'recording.js';
const COMMAND = 'command.js';

/**
 * What is loaded without the rest, or could not be kept compiled with it: bundled with the modules that nobody else
 * loads and with what else they require, or by itself where that is null.
 */
const ALONE = {
  'interception/child/hook.js': null,
  'interception/child/report.js': ['modules', 'report-writer', 'reporting-sink', 'uncaught'],
  'compile-cache/index.js': [
    ...['archive', 'cache-file', 'later-imports', 'modules'],
    '../machine/compiled',
  ],
  'run/import-file.js': null,
};

/** Packages that many a process never comes to use. They are required where they are used. */
const LATE = /^(?:acorn|get-tsconfig|js-tokens|picomatch|picocolors|commander)$/;

/** Gives our code Node's modules as they were before any test ran. */
const OWN_NODE = 'run/own-node.js';

/** What puts a watch on a module of Node needs the one that tests get. */
const LIVE = {
  'interception/files/file-system.js': ['node:fs'],
  'interception/observer.js': ['node:fs'],
  'interception/children/launches.js': ['node:child_process'],
  'interception/modules/resolver-process.js': ['node:child_process'],
  'interception/patched.js': ['node:child_process', 'node:fs', 'node:module', 'node:vm'],
};

/** What our code takes from `Buffer` as it loads, since tests share that as well. */
const OF_BUFFER = [
  'from',
  'concat',
  'alloc',
  'allocUnsafe',
  'allocUnsafeSlow',
  'byteLength',
  'isBuffer',
];

const OWN_REQUEST = /require\("(\.{1,2}\/[^"]*|\.{1,2})"\)/g;
const NODE_MODULE = /require\(["'](node:[^"']+)["']\)/g;
const IMPORT = /^const (\w+) = ((?:__import\w+\()?require\("([^".]+)"\)\)?);$/gm;

const FOR_NODE = {
  // The names of modules in a bundle are relative to this.
  absWorkingDir: compiled,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
};

compile();
fs.rmSync(dist, { recursive: true, force: true });
const modules = readModules();
await joinModules();
await bundleAlone();
await bundlePage();
copyDeclarations();
// npm makes `bin` files executable on installation; a checkout used in place needs it after a build.
fs.chmodSync(join(dist, 'cli.js'), 0o755);

function compile() {
  const buildInfo = `${compiled}.tsbuildinfo`;
  // Without its outputs, the list of what is up to date would be wrong.
  if (!fs.existsSync(compiled)) fs.rmSync(buildInfo, { force: true });
  const project = ['-p', join(root, 'tsconfig.build.json'), '--outDir', compiled];
  execFileSync(
    process.execPath,
    [
      require.resolve('typescript/bin/tsc'),
      ...project,
      '--incremental',
      '--tsBuildInfoFile',
      buildInfo,
    ],
    { stdio: 'inherit', cwd: root },
  );
}

/** The compiled text of each module that there is a source of, by its path in `dist/`. */
function readModules() {
  const ofBundles = new Set(
    Object.entries(ALONE).flatMap(([file, parts]) =>
      (parts ?? []).map((part) => posix.join(posix.dirname(file), `${part}.js`)),
    ),
  );
  const paths = fs
    .readdirSync(source, { recursive: true })
    .map((file) => file.split(sep).join('/'))
    .filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.startsWith('report/page/'),
    )
    .map((file) => file.replace(/\.ts$/, '.js'))
    .filter((file) => !ofBundles.has(file));
  return new Map(
    paths.map((file) => [file, withOwnNode(file, fs.readFileSync(join(compiled, file), 'utf8'))]),
  );
}

/** Takes Node's modules from `own-node`. A namespace of Node's own is not copied for each module either. */
function withOwnNode(file, text) {
  if (file === OWN_NODE || file.startsWith('compile-cache/') || isAlone(file)) return text;
  const own = placeFrom(posix.dirname(file), OWN_NODE.replace(/\.js$/, ''));
  return text
    .replace(/__importStar\((require\(["']node:[^"']+["']\))\)/g, '$1')
    .replace(NODE_MODULE, (request, name) =>
      LIVE[file]?.includes(name) ? request : `require("${own}").own("${name}")`,
    );
}

async function joinModules() {
  const recording = reach(OF_WORKERS);
  /** The file that a module comes to stand in; null where it is one by itself. */
  const partOf = (file) => {
    if (recording.has(file)) return RECORDING;
    return isEntry(file) ? null : COMMAND;
  };
  const together = [...modules.keys()].filter((file) => !isAlone(file));

  for (const part of [RECORDING, COMMAND]) {
    const members = together.filter((file) => partOf(file) === part);
    const loaders = members.map((file) => `${JSON.stringify(file)}: () => require("./${file}"),\n`);
    await build({
      ...FOR_NODE,
      stdin: {
        contents: `const modules = {\n${loaders.join('')}};\nexports.load = (name) => modules[name]();`,
        resolveDir: compiled,
      },
      outfile: join(dist, part),
      packages: 'external',
      external: [`./${RECORDING}`, ...Object.keys(ALONE).map((file) => `./${file}`)],
      banner: { js: `const ${OF_BUFFER.map((name) => `buffer_${name}=Buffer.${name}`).join()};` },
      define: Object.fromEntries(OF_BUFFER.map((name) => [`Buffer.${name}`, `buffer_${name}`])),
      minifyWhitespace: true,
      minifySyntax: true,
      charset: 'utf8',
      plugins: [loadingModules((file) => inItsPlace(file, late(rewritten(file, part, partOf))))],
    });
  }
  for (const file of together.filter(isEntry)) write(file, rewritten(file, null, partOf));
}

/** Lets esbuild load modules as `contentsOf` gives them. */
function loadingModules(contentsOf) {
  return {
    name: 'modules',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => ({
        contents: contentsOf(relative(compiled, path).split(sep).join('/')),
        loader: 'js',
      }));
    },
  };
}

/** A module's text for where it comes to stand: in a part, or by itself where that is null. */
function rewritten(file, part, partOf) {
  const folder = part === null ? posix.dirname(file) : '.';
  return modules.get(file).replace(OWN_REQUEST, (request, path) => {
    const wanted = target(file, path);
    if (isAlone(wanted)) return `require("${placeFrom(folder, wanted)}")`;
    const other = partOf(wanted);
    if (other === null || other === part) return request;
    return `require("${placeFrom(folder, other)}").load("${wanted}")`;
  });
}

/** Requires some packages where they are used. */
function late(text) {
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

/** The module that a request of another names. */
function target(file, request) {
  const path = posix.join(posix.dirname(file), request);
  const found = [`${path}.js`, `${path}/index.js`].find((candidate) => modules.has(candidate));
  if (found === undefined) throw new Error(`${file} requires ${request}, which is not built.`);
  return found;
}

/** All that the given modules require, themselves aside. */
function reach(from) {
  const reached = new Set();
  const open = [...from];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const [, request] of modules.get(file).matchAll(OWN_REQUEST)) {
      const next = target(file, request);
      if (isAlone(next)) continue;
      if (!reached.has(next)) open.push(next);
      reached.add(next);
    }
  }
  return reached;
}

async function bundleAlone() {
  for (const [file, parts] of Object.entries(ALONE)) {
    if (parts === null) write(file, modules.get(file));
    else
      await build({
        ...FOR_NODE,
        entryPoints: [join(compiled, file)],
        outfile: join(dist, file),
        minify: true,
      });
  }
}

async function bundlePage() {
  const from = join(source, 'report/page');
  const to = join(dist, 'report/page');
  // The script is copied into every page, and d3's licence asks that its text goes with it. All its modules have the same.
  const d3 = dirname(dirname(require.resolve('d3-scale')));
  const licence = fs.readFileSync(join(d3, 'LICENSE'), 'utf8').trim();
  fs.mkdirSync(to, { recursive: true });
  fs.copyFileSync(join(from, 'frame.html'), join(to, 'frame.html'));
  await build({
    entryPoints: [join(from, 'main.ts'), join(from, 'page.css')],
    outdir: to,
    bundle: true,
    minify: true,
    format: 'iife',
    charset: 'utf8',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    banner: { js: `/*! With modules of d3 (d3js.org).\n${licence}\n*/` },
    logLevel: 'warning',
  });
}

/** A user's compiler reads the declarations of what the package exports, and those that they name. */
function copyDeclarations() {
  const { exports } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  const open = Object.values(exports).flatMap(({ types }) =>
    types === undefined ? [] : [posix.relative('dist', types)],
  );
  const reached = new Set(open);
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const text = fs.readFileSync(join(compiled, file), 'utf8');
    write(file, text);
    for (const [, request] of text.matchAll(/(?:from |import\(|import )["'](\.[^"']*)["']/g)) {
      const path = posix.join(posix.dirname(file), request);
      const next = [`${path}.d.ts`, `${path}/index.d.ts`].find((candidate) =>
        fs.existsSync(join(compiled, candidate)),
      );
      if (next === undefined) throw new Error(`${file} names ${request}, which is not built.`);
      if (!reached.has(next)) open.push(next);
      reached.add(next);
    }
  }
}

function isEntry(file) {
  return ENTRIES.some((entry) => entry.test(file));
}

function isAlone(file) {
  return Object.hasOwn(ALONE, file);
}

/** How a module of a folder requires a file. */
function placeFrom(folder, file) {
  const place = posix.relative(folder, file);
  return place.startsWith('.') ? place : `./${place}`;
}

function write(file, text) {
  const path = join(dist, file);
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, text);
}
