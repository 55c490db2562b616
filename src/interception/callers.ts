import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from '../dependencies/packages/package-folder';
import { OWN_FOLDER } from '../run/own-frames';

/** Jest and tools read files through the replaced functions too. The stack shows which reads are theirs. */

/**
 * Whether Jest's resolver reads a package.json. It does so once per process, so the read does not count for the test.
 */
export function calledByResolver(): boolean {
  const callers = callerFiles();
  const runtime = callers.findIndex((file) => /[\\/]jest-runtime[\\/]/.test(file));
  const resolver = callers.findIndex((file) =>
    /[\\/](jest-resolve|jest-haste-map|resolve)[\\/]/.test(file),
  );
  return resolver >= 0 && (runtime < 0 || resolver < runtime);
}

/** Whether a stack trace is being mapped to the sources, which reads them. */
export function calledForStackTrace(): boolean {
  return callerFiles().some((file) =>
    /[\\/](source-map-support|@jest[\\/]source-map)[\\/]/.test(file),
  );
}

/** Whether Jest's runtime lists a folder to suggest names in its message that a module was not found. */
export function calledForSuggestions(): boolean {
  const first = callerFiles().find(
    (file) =>
      path.isAbsolute(file) &&
      !file.startsWith(OWN_FOLDER) &&
      !/[\\/]node_modules[\\/](glob|path-scurry|minipass|minimatch|fs\.realpath)[\\/]/.test(file),
  );
  return first !== undefined && /[\\/]jest-runtime[\\/]build[\\/]/.test(first);
}

/** Whether Node itself reads the variables for a child or a thread that it starts. */
export function calledByLaunch(): boolean {
  const first = callerFiles().find((file) => file !== '' && !file.startsWith(OWN_FOLDER));
  return first !== undefined && /^node:(?:internal\/)?(?:child_process|worker)/.test(first);
}

/** Whether Jest copies all variables for a test file. Source: `createProcessObject` of jest-util. */
export function calledToCopy(): boolean {
  const first = callerFiles().find((file) => path.isAbsolute(file) && !file.startsWith(OWN_FOLDER));
  return first !== undefined && /[\\/]node_modules[\\/]jest-util[\\/]/.test(first);
}

/**
 * Whether the caller is a tool known to read only its own key of a package.json. Those keys are watched. For any
 * other caller, the whole file counts.
 */
export function calledForKnownKeys(): boolean {
  const first = callerFiles().find(isForeignFile);
  return first !== undefined && KNOWING.test(first);
}

const KNOWING =
  /[\\/]node_modules[\\/](?:@babel[\\/]core|browserslist|resolve|@?jest(?:-[\w-]+)?|@swc[\\/]\w+|typescript|tsconfig-paths|get-tsconfig)[\\/]/;

/**
 * Whether Angular asks for the text of a class. Its injector looks there for how the class inherits its constructor.
 * Source: `isDelegateCtor` of @angular/core.
 */
export function calledByAngular(): boolean {
  // Zone.js puts a function of its own before ours.
  const first = callerFiles().find(
    (file) =>
      file !== '' &&
      !file.startsWith(OWN_FOLDER) &&
      !/[\\/]node_modules[\\/]zone\.js[\\/]/.test(file),
  );
  return first !== undefined && /[\\/]node_modules[\\/]@angular[\\/]core[\\/]/.test(first);
}

/** Whether the package `debug` looks for `DEBUG_*` among all variables. It only decides what is logged. */
export function calledToLog(): boolean {
  const first = callerFiles().find(isForeignFile);
  return first !== undefined && /[\\/]node_modules[\\/]debug[\\/]/.test(first);
}

function isForeignFile(file: string): boolean {
  return (
    path.isAbsolute(file) &&
    !file.startsWith(OWN_FOLDER) &&
    !/[\\/]node_modules[\\/](?:graceful-fs|fs-extra|gensync)[\\/]/.test(file)
  );
}

/**
 * Finds the innermost caller that is code of the user or of a tool. What a package does counts for the code that
 * called it.
 * @param toolOf Returns the tool that a file belongs to, or undefined.
 * @param ofPackage Returns the tool that a file of a package works for where nobody has called it, or undefined.
 * @returns The tool, or undefined if that code belongs to no tool.
 */
export function calledByTool(
  toolOf: (file: string) => string | undefined,
  ofPackage?: (file: string) => string | undefined,
): string | undefined {
  let uncalled: string | undefined;
  for (const given of callerFiles(ofPackage === undefined ? MAX_TOOL_FRAMES : MAX_FRAMES)) {
    const file = given.startsWith('file:') ? fileURLToPath(given) : given;
    if (!path.isAbsolute(file) || file.startsWith(OWN_FOLDER)) continue;
    const tool = toolOf(file);
    if (tool !== undefined || packageFolder(file) === null || OF_JEST.test(file)) return tool;
    uncalled ??= ofPackage?.(file);
  }
  return uncalled;
}

/** Packages of Jest. What Jest does when a tool calls it counts for Jest, not for the tool. */
const OF_JEST =
  /[\\/]node_modules[\\/](?:@jest|jest-(?:changed-files|circus|config|docblock|environment-(?:jsdom|node)|haste-map|jasmine2|leak-detector|message-util|resolve|runner|runtime|snapshot|util|worker))[\\/]/;

/** Larger than the default limit, because a tool may read its config through a package. */
const MAX_TOOL_FRAMES = 40;

/** Enough to reach whoever called a package, even a compiler of hundreds of nested steps. */
const MAX_FRAMES = 1000;

/** Whether Node reads a module to run it. */
export function calledByModuleLoader(): boolean {
  const first = callerFiles().find((file) => file !== '' && !file.startsWith(OWN_FOLDER));
  return first !== undefined && /^node:internal\/modules\//.test(first);
}

/** The files of the innermost callers. No foreign `prepareStackTrace` sees this stack. */
function callerFiles(limit = 18): string[] {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- Only put back later, never called.
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = limit;
  Error.prepareStackTrace = (_error, sites) => sites.map((site) => site.getFileName() ?? '');
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, callerFiles);
  const files = holder.stack;
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  if (Array.isArray(files)) return files as string[];
  // While V8 formats another stack, it does not call `prepareStackTrace` but makes the text itself.
  return typeof files === 'string' ? files.split('\n').slice(1).map(fileOfLine) : [];
}

/** The file that one line of a stack's text names. Empty if it names none. */
function fileOfLine(line: string): string {
  return /(?:\(|at (?:async )?)([^()]*?):\d+:\d+\)?$/.exec(line)?.[1] ?? '';
}
