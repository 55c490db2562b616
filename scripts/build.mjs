// Builds the package: from `src/` to `dist/`.
//
// 1. TypeScript compiles each module into a cache, so that a second build compiles only what has changed.
// 2. Finding a hundred small modules takes longer than running them. So they are bundled into two files:
//    `recording.js` with the modules that workers need, and `command.js` with all others. Each module runs when it is
//    first required, in the same order as without bundling. Modules that are loaded by name from outside stay files
//    of their own, and require the others from those two.
// 3. Modules that are loaded without the rest get bundles of their own. These are the hook for child processes, whose
//    cost every child pays, and the compile cache, through which the rest is loaded.
// 4. The page of `report` is bundled for browsers.
// 5. Only declarations that the package's entries refer to are kept.
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
/** TypeScript's output, one file for each module. */
const compiled = join(root, 'node_modules/.cache/build/compiled');

/** Modules that stay files of their own, because Jest, Node or a user loads them by name. */
const ENTRIES = [
  /^(?:cli|index|config\/entry)\.js$/,
  // A process of its own.
  /^controller\/sharing\/push-process\.js$/,
  // Only loaded if a project has a global setup or teardown, or a runner of its own.
  /^recording\/(?:setup|teardown|runner)-recorder\.js$/,
  // Jest's plug points.
  /^jest\//,
  // Benches and tests import these.
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
 * Modules that are loaded without the rest, or whose code could not be cached together with it. Each is bundled with
 * the listed modules, which nothing else uses, and with their imports. Null means that it is not bundled.
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

/** Packages that many processes never need. They are required where they are used. */
const LATE = /^(?:acorn|get-tsconfig|js-tokens|picomatch|picocolors|commander)$/;

/** The module that provides Node's modules from before any test ran. */
const OWN_NODE = 'run/own-node.js';

/** Modules that patch a module of Node. They need the object that tests use. */
const LIVE = {
  'interception/files/file-system.js': ['node:fs'],
  'interception/observer.js': ['node:fs'],
  'interception/children/launches.js': ['node:child_process'],
  'interception/modules/resolver-process.js': ['node:child_process'],
  'interception/patched.js': ['node:child_process', 'node:fs', 'node:module', 'node:vm'],
};

/** Functions of `Buffer` that our code captures when it is loaded, because tests share `Buffer` too. */
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
  // The names of modules in a bundle are relative to this folder.
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
// npm makes `bin` files executable when it installs them. A checkout that is used in place needs it after a build.
fs.chmodSync(join(dist, 'cli.js'), 0o755);

function compile() {
  const buildInfo = `${compiled}.tsbuildinfo`;
  // Without the output, TypeScript's list of up-to-date files is wrong.
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

/** Returns the compiled text of each module that has a source, by its path in `dist/`. */
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

/** Takes Node's modules from `own-node`. Also avoids copying the namespace of a Node module in each module. */
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
  /** Returns the bundle that contains a module. Null if the module is a file of its own. */
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

/** An esbuild plug-in that loads modules by `contentsOf`. */
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

/** Rewrites the requires of a module for the bundle that contains it. Null means that it is a file of its own. */
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

/** Moves the `require` of some packages to where they are used. */
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

/** Keeps `__filename` and `__dirname` correct for a module in a bundle. */
function inItsPlace(file, text) {
  const folder = `require("node:path").join(__dirname, ${JSON.stringify(posix.dirname(file))})`;
  const self = `require("node:path").join(__dirname, ${JSON.stringify(file)})`;
  return text.replace(/\b__(file|dir)name\b/g, (_, which) => (which === 'file' ? self : folder));
}

/** Returns the module that a request from another module refers to. */
function target(file, request) {
  const path = posix.join(posix.dirname(file), request);
  const found = [`${path}.js`, `${path}/index.js`].find((candidate) => modules.has(candidate));
  if (found === undefined) throw new Error(`${file} requires ${request}, which is not built.`);
  return found;
}

/** Returns all modules that the given ones require, directly or indirectly. */
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
  // The script is copied into every page, and d3's licence demands that its text is included. All modules of d3 have
  // the same licence.
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

/**
 * Copies the declarations that a user's compiler reads: those of the package's exports, and those that they refer to.
 */
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

/** Returns the path by which a module in a folder requires a file. */
function placeFrom(folder, file) {
  const place = posix.relative(folder, file);
  return place.startsWith('.') ? place : `./${place}`;
}

function write(file, text) {
  const path = join(dist, file);
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, text);
}
