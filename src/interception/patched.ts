import childProcess from 'node:child_process';
import fs from 'node:fs';
import Module from 'node:module';
import vm from 'node:vm';
import workerThreads from 'node:worker_threads';
import { loadedModulesAt } from './modules/loaded-modules';
import { OPERATIONS } from './files/operations';
import type { Patch } from './patch';

/** Functions and other values by name. */
export type FunctionTable = Record<string, unknown>;

/**
 * Everything that is replaced. `replace` and `define` refuse a name that this list lacks. Four groups are replaced
 * without them, and say so in their files: `stackTrace` for speed, the others because their rooms may not import
 * this one. A name that this version of Node or Jest does not have is skipped.
 */
export const PATCHED = {
  fs: {
    of: 'fs',
    names: [
      ...Object.keys(OPERATIONS).flatMap((name) => [name, `${name}Sync`]),
      'glob',
      'globSync',
      'mkdtemp',
      'mkdtempSync',
      'mkdtempDisposableSync',
    ],
    shows: 'what code does to the file system',
    in: ['worker', 'child'],
    undone: 'stays',
    holders: () => [fs],
  },
  'fs.promises': {
    of: 'fs.promises',
    names: [...Object.keys(OPERATIONS), 'glob', 'mkdtemp', 'mkdtempDisposable'],
    shows: 'what code does to the file system',
    in: ['worker', 'child'],
    undone: 'stays',
    holders: () => [fs.promises],
  },
  'fs.realpath': {
    of: 'fs.realpath and fs.realpathSync',
    names: ['native'],
    shows: 'which links code follows',
    in: ['worker', 'child'],
    undone: 'stays',
    holders: () => [fs.realpath, fs.realpathSync],
  },
  process: {
    of: 'process',
    names: ['loadEnvFile', 'dlopen', 'chdir'],
    shows:
      'files that Node itself reads: variables and native addons; and folders that code changes to',
    in: ['worker', 'child'],
    undone: 'stays',
    holders: () => [process],
  },
  Module: {
    of: 'Module',
    names: ['findPackageJSON'],
    shows: 'which package.json code asks for',
    in: ['worker', 'child'],
    undone: 'stays',
    holders: () => [Module],
  },
  moduleLoader: {
    of: 'Module',
    names: ['_load', '_resolveFilename'],
    shows: 'that the process loads a module for itself, which is not the test reading a file',
    in: ['worker'],
    undone: 'stays',
    holders: () => [Module],
  },
  childModuleLoader: {
    of: 'Module',
    names: ['_findPath', '_resolveFilename', 'register'],
    shows: 'where a child looked for modules, besides the hooks that `Module.registerHooks` takes',
    in: ['child'],
    undone: 'stays',
    holders: () => [Module],
  },
  spawn: {
    of: 'child_process.ChildProcess.prototype',
    names: ['spawn'],
    shows: 'child processes that are started; they are given variables that make them report',
    in: ['worker', 'child'],
    undone: 'stays',
    holders: () => [childProcess.ChildProcess.prototype],
  },
  spawnSync: {
    of: 'child_process',
    names: ['spawnSync', 'execSync', 'execFileSync'],
    shows: 'the same, for those that are waited for',
    in: ['worker', 'child'],
    undone: 'stays',
    holders: () => [childProcess],
  },
  childHandle: {
    of: 'the handle of a child process',
    names: ['onexit'],
    shows: 'that a child has ended',
    in: ['worker', 'child'],
    undone: 'goes with its holder',
    holders: () => [],
  },
  serviceInput: {
    of: 'the standard input of a child process that is told there which files to read',
    names: ['write'],
    shows: 'whether it is asked for files',
    in: ['worker', 'child'],
    undone: 'goes with its holder',
    holders: () => [],
  },
  threads: {
    of: 'worker_threads',
    names: ['Worker'],
    shows: 'threads that are started; they are given an option that makes them report',
    in: ['worker', 'child'],
    undone: 'stays',
    holders: () => [workerThreads],
  },
  compiledModules: {
    of: 'Module.prototype',
    names: ['_compile'],
    shows:
      'nothing: it runs modules of the tool chain that were compiled before (`compile-cache/`)',
    in: ['worker'],
    undone: 'stays',
    holders: () => [(Module as unknown as { prototype: object }).prototype],
  },
  hashing: {
    of: 'Buffer',
    names: ['from'],
    shows:
      "nothing: Node 20's scrypt calls it, which a test's spy would count (`dependencies/slow-hash.ts`)",
    in: ['worker'],
    undone: 'restored',
    holders: () => [Buffer],
  },
  vm: {
    of: 'vm',
    names: ['compileFunction', 'createContext', 'runInNewContext'],
    shows: 'the realms that tests make; and Jest may take modules that were compiled before',
    in: ['worker'],
    undone: 'stays',
    holders: () => [vm],
  },
  functionTexts: {
    of: 'Function, vm.Script, MessagePort, BroadcastChannel, v8.Serializer and the global objects',
    names: ['toString', 'runInNewContext', 'postMessage', 'writeValue', 'structuredClone'],
    shows: 'which functions are turned into text, by any realm or in an error',
    in: ['worker'],
    undone: 'stays',
    holders: () => [Function.prototype, vm.Script.prototype, MessagePort.prototype],
  },
  scriptTransformer: {
    of: 'ScriptTransformer.prototype of every loaded copy of @jest/transform',
    names: ['transform'],
    shows:
      'nothing: Jest transforms a file that the project runs as it is written by functions that no test has replaced',
    in: ['worker'],
    undone: 'stays',
    holders: () => [],
  },
  gracefulFs: {
    of: "every loaded copy of graceful-fs, which Jest's runtime reads through",
    names: ['readFileSync', 'existsSync'],
    shows:
      'which modules and snapshots Jest reads for a test file, and which manual mocks it looks for',
    in: ['worker'],
    undone: 'stays',
    holders: () => exportsOf('graceful-fs', 'graceful-fs.js'),
  },
  resolver: {
    of: 'Resolver.prototype of every loaded copy of jest-resolve',
    names: [
      'resolveModule',
      'resolveModuleAsync',
      'resolveModuleFromDirIfExists',
      'resolveStubModuleName',
      'getModuleID',
      'getMockModule',
    ],
    shows: 'what Jest finds for a specifier, or that it finds nothing',
    in: ['worker'],
    undone: 'stays',
    holders: () =>
      exportsOf('jest-resolve', 'build', 'index.js').flatMap(
        ({ default: resolver }) =>
          (resolver as { prototype?: object } | undefined)?.prototype ?? [],
      ),
  },
  resolverClass: {
    of: 'Resolver of every loaded copy of jest-resolve',
    names: ['findNodeModule', 'findNodeModuleAsync'],
    shows: 'what a `resolver` of the project looks at',
    in: ['worker'],
    undone: 'stays',
    holders: () =>
      exportsOf('jest-resolve', 'build', 'index.js').flatMap(
        ({ default: resolver }) => (resolver as object | undefined) ?? [],
      ),
  },
  sourceCache: {
    of: "the `cacheFS` of one test file, Jest's cache of sources",
    names: ['get'],
    shows: 'which modules Jest takes from there without reading them',
    in: ['worker'],
    undone: 'goes with its holder',
    holders: () => [],
  },
  variables: {
    of: 'process',
    names: ['env'],
    shows: 'which variables the tool chain asks for while it loads and transforms',
    in: ['worker'],
    undone: 'restored',
    holders: () => [process],
  },
  childVariables: {
    of: 'process',
    names: ['env'],
    shows: 'which variables a child asks for',
    in: ['child'],
    undone: 'stays',
    holders: () => [process],
  },
  childClones: {
    of: 'the global object, MessagePort and Worker',
    names: ['structuredClone', 'postMessage'],
    shows: 'nothing: it lets a child clone its variables',
    in: ['child'],
    undone: 'stays',
    holders: () => [MessagePort.prototype, workerThreads.Worker.prototype],
  },
  uncaught: {
    of: 'process',
    names: ['emit'],
    shows: 'nothing: it takes our frames out of the stack of an error that nobody catches',
    in: ['child'],
    undone: 'stays',
    holders: () => [process],
  },
  stackTrace: {
    of: 'Error',
    names: ['prepareStackTrace', 'stackTraceLimit'],
    shows: 'who called a replaced function (`callers.ts`)',
    in: ['worker', 'child'],
    undone: 'restored',
    holders: () => [Error],
  },
  probeRegistry: {
    of: 'the global object of a test environment',
    names: ['__TESTMON__'],
    shows: 'which blocks are executed: probes write there',
    in: ['worker'],
    undone: 'goes with its holder',
    holders: () => [],
  },
  environmentProcess: {
    of: 'the `process` of a test environment',
    names: ['env', 'loadEnvFile'],
    shows: 'which variables tests ask for',
    in: ['worker'],
    undone: 'goes with its holder',
    holders: () => [],
  },
  environmentFunction: {
    of: 'the `Function.prototype` of a test environment',
    names: ['toString'],
    shows: 'which functions are turned into text; that text shows no probes',
    in: ['worker'],
    undone: 'goes with its holder',
    holders: () => [],
  },
  runnerModule: {
    of: "the module of the project's test runner",
    names: ['exports'],
    shows: 'test files whose docblock names another environment, if no config names our runner',
    in: ['worker'],
    undone: 'stays',
    holders: () => [],
  },
  environment: {
    of: 'the test environment that Jest made',
    names: ['handleTestEvent', 'setup', 'teardown'],
    shows: 'where tests begin and end, and what the environment itself reads',
    in: ['worker'],
    undone: 'goes with its holder',
    holders: () => [],
  },
  runtime: {
    of: "Jest's runtime of a test file",
    names: ['getAllV8CoverageInfoCopy'],
    shows: 'what V8 counted, in a run with coverage by V8',
    in: ['worker'],
    undone: 'goes with its holder',
    holders: () => [],
  },
} satisfies Record<string, Patch>;

/** Names a group of `PATCHED`. */
export type PatchedGroup = keyof typeof PATCHED;

/** Assigns a replacement. @throws If the list does not name it. */
export function replace(
  group: PatchedGroup,
  holder: object,
  name: string,
  replacement: unknown,
): void {
  assertListed(group, name);
  (holder as FunctionTable)[name] = replacement;
}

/** Like `replace`, for properties that cannot be assigned. */
export function define(
  group: PatchedGroup,
  holder: object,
  name: string,
  descriptor: PropertyDescriptor,
): void {
  assertListed(group, name);
  Object.defineProperty(holder, name, descriptor);
}

function assertListed(group: PatchedGroup, name: string): void {
  const names: readonly string[] = PATCHED[group].names;
  if (!names.includes(name))
    throw new Error(`${PATCHED[group].of}: ${name} is replaced, but not listed in patched.ts.`);
}

function exportsOf(...names: string[]): Record<string, unknown>[] {
  return loadedModulesAt(...names).map((module) => module.exports as Record<string, unknown>);
}
