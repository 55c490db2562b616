import type { Dice, Entries, Features, Operation } from './model';

/** Where an operation runs: the files that make it, and the expression by which the test observes it. */
export interface Placed {
  context: string;
  entries: Entries;
  /** An expression that may be awaited; `at` is the absolute folder of the operation. */
  observe: string;
}

type Context = (operation: Operation, folder: string) => Omit<Placed, 'context'>;

/** The operation as a CommonJS module. */
const commonjs = ({ code }: Operation): string => `const run = async () => {
  try {
    return await (async () => {
${code}
    })();
  } catch (error) {
    return 'threw ' + (error.code ?? String(error.message).split('\\n')[0]);
  }
};
exports.run = run;
`;

/** The same as an ES module. */
const esm = (operation: Operation): string => `import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { dirname } from 'node:path';
const __filename = fileURLToPath(import.meta.url);
const __dirname = dirname(__filename);
const require = createRequire(import.meta.url);
${commonjs(operation).replace('exports.run = run;', 'export { run };')}`;

const O = `{ encoding: 'utf8', cwd: at }`;
const child = (call: string): string => `JSON.parse(require('child_process').${call})`;
const events = (start: string, message: string): string =>
  `await new Promise((resolve, reject) => { const it = ${start}; it.on('message', (m) => { resolve(m); ${message} }); it.on('error', reject); it.on('exit', () => reject(new Error('no answer'))); })`;

const inSandbox: Record<string, Context> = {
  required: (operation, folder) => ({
    entries: { [`${folder}/run.js`]: commonjs(operation) },
    observe: `await require(at + '/run').run()`,
  }),
  'as it loads': (operation, folder) => ({
    entries: {
      [`${folder}/run.js`]: commonjs(operation),
      [`${folder}/load.js`]: `exports.value = require('./run').run();`,
    },
    observe: `await require(at + '/load').value`,
  }),
  'in a later test': (operation, folder) => ({
    entries: { [`${folder}/run.js`]: commonjs(operation) },
    observe: `(jest.resetModules(), await require(at + '/run').run())`,
  }),
  'in the test file': (operation) => ({
    entries: {},
    observe: `await (async () => { const __dirname = at; ${commonjs(operation).replace('exports.run = run;', '')} return run(); })()`,
  }),
};

const outside: Record<string, Context> = Object.fromEntries(
  Object.entries({
    'child, execFileSync': child(`execFileSync(process.execPath, [at + '/main.js'], ${O})`),
    'child, spawnSync': child(`spawnSync(process.execPath, ['main.js'], ${O}).stdout`),
    'child, shell': child(`execSync('node main.js', ${O})`),
    'child, shell with &&': child(`execSync('true && cd . && exec node ./main.js', ${O})`),
    'child, exec': `JSON.parse((await require('util').promisify(require('child_process').exec)('node main', ${O})).stdout)`,
    'child, -e': child(`execFileSync(process.execPath, ['-e', 'require("./main.js")'], ${O})`),
    'child, stdin': child(
      `execFileSync(process.execPath, ['-'], { ...${O}, input: 'require("./main.js")' })`,
    ),
    'child, -r': child(`execFileSync(process.execPath, ['-r', './main.js', '-e', '0'], ${O})`),
    'child, NODE_OPTIONS': child(
      `execFileSync(process.execPath, ['-e', '0'], { ...${O}, env: { ...process.env, NODE_OPTIONS: (process.env.NODE_OPTIONS ?? '') + ' -r ./main.js' } })`,
    ),
    'child, fork': events(
      `require('child_process').fork(at + '/main.js', ['send'])`,
      'it.disconnect()',
    ),
    'child, npm run': child(`execSync('npm run --silent go', ${O})`),
    'child of a child': child(
      `execFileSync(process.execPath, ['-e', 'process.stdout.write(require("child_process").execFileSync(process.execPath, ["main.js"]))'], ${O})`,
    ),
    'child, ES module': child(`execFileSync(process.execPath, ['main.mjs'], ${O})`),
    'child, --import': child(
      `execFileSync(process.execPath, ['--import', './main.mjs', '-e', '0'], ${O})`,
    ),
    'child, import() in -e': child(
      `execFileSync(process.execPath, ['-e', 'import("./main.mjs")'], ${O})`,
    ),
    'child, --input-type=module': child(
      `execFileSync(process.execPath, ['--input-type=module', '-e', 'await import("./main.mjs")'], ${O})`,
    ),
    thread: events(`new (require('worker_threads').Worker)(at + '/main.js')`, ''),
    'thread, eval': events(
      `new (require('worker_threads').Worker)('require(' + JSON.stringify(at + '/main.js') + ')', { eval: true })`,
      '',
    ),
    'thread, ES module': events(`new (require('worker_threads').Worker)(at + '/main.mjs')`, ''),
    'thread in a child': child(
      `execFileSync(process.execPath, ['-e', 'new (require("worker_threads").Worker)("./main.js").on("message", (m) => process.stdout.write(JSON.stringify(m)))'], ${O})`,
    ),
  }).map(([name, observe]): [string, Context] => [
    name,
    (operation, folder) => ({
      observe,
      entries:
        name.includes('ES module') || name.includes('import') || name.includes('module')
          ? {
              [`${folder}/run.mjs`]: esm(operation),
              [`${folder}/main.mjs`]: ending(
                `import { run } from './run.mjs';\nimport { isMainThread, parentPort } from 'node:worker_threads';\nrun()`,
              ),
            }
          : {
              [`${folder}/run.js`]: commonjs(operation),
              [`${folder}/main.js`]: ending(
                `const { isMainThread, parentPort } = require('worker_threads');\nrequire('./run').run()`,
              ),
              ...(name.includes('npm')
                ? { [`${folder}/package.json`]: '{"scripts":{"go":"node main.js"}}' }
                : {}),
            },
    }),
  ]),
);

const esModules: Record<string, Context> = {
  'ES module of Jest': (operation, folder) => ({
    entries: { [`${folder}/run.mjs`]: esm(operation) },
    observe: `await (await import(at + '/run.mjs')).run()`,
  }),
};

function ending(start: string): string {
  return `${start}.then((value) => {
  if (!isMainThread) parentPort.postMessage(value ?? null);
  else if (process.send !== undefined && process.argv[2] === 'send') process.send(value ?? null);
  else process.stdout.write(JSON.stringify(value) ?? 'null');
});
`;
}

/** Puts an operation somewhere. */
export function place(
  operation: Operation,
  folder: string,
  dice: Dice,
  features: Features,
): Placed {
  const contexts: Record<string, Context> = {
    ...(operation.sandbox || operation.macro || dice.chance(0.5) ? inSandbox : outside),
    ...(features.modules && !operation.sandbox && !operation.macro && dice.chance(0.5)
      ? esModules
      : {}),
  };
  // What is relative to the file of the operation would be looked for beside the test file.
  const relative = operation.macro === true || /['"]\.\//.test(operation.code);
  const names = Object.keys(contexts).filter((name) => !relative || name !== 'in the test file');
  const context = dice.one(names);
  const made = contexts[context]?.(operation, folder);
  if (made === undefined) throw new Error(`There is no context ${context}.`);
  return { context, observe: made.observe, entries: { ...made.entries, ...operation.entries } };
}
