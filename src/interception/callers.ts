import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder } from '../dependencies/packages/package-folder';
import { OWN_FOLDER } from '../run/own-frames';

/** The watch stands between whoever looks at a file and the file system; what it sees of Jest's own is told by the stack. */

/** The resolver looks into package.json files, once per process; that is not the test's reading. */
export function calledByResolver(): boolean {
  const callers = callerFiles();
  const runtime = callers.findIndex((file) => /[\\/]jest-runtime[\\/]/.test(file));
  const resolver = callers.findIndex((file) =>
    /[\\/](jest-resolve|jest-haste-map|resolve)[\\/]/.test(file),
  );
  return resolver >= 0 && (runtime < 0 || resolver < runtime);
}

/** An error's stack is being mapped to the sources, which reads them. */
export function calledForStackTrace(): boolean {
  return callerFiles().some((file) =>
    /[\\/](source-map-support|@jest[\\/]source-map)[\\/]/.test(file),
  );
}

/** Jest's runtime lists a folder for the message that a module was not found. */
export function calledForSuggestions(): boolean {
  const first = callerFiles().find(
    (file) =>
      path.isAbsolute(file) &&
      !file.startsWith(OWN_FOLDER) &&
      !/[\\/]node_modules[\\/](glob|path-scurry|minipass|minimatch|fs\.realpath)[\\/]/.test(file),
  );
  return first !== undefined && /[\\/]jest-runtime[\\/]build[\\/]/.test(first);
}

/** Node itself reads the variables for a child or a thread that it starts. */
export function calledByLaunch(): boolean {
  const first = callerFiles().find((file) => file !== '' && !file.startsWith(OWN_FOLDER));
  return first !== undefined && /^node:(?:internal\/)?(?:child_process|worker)/.test(first);
}

/** Jest copies all variables for a test file. Source: `createProcessObject` of jest-util. */
export function calledToCopy(): boolean {
  const first = callerFiles().find((file) => path.isAbsolute(file) && !file.startsWith(OWN_FOLDER));
  return first !== undefined && /[\\/]node_modules[\\/]jest-util[\\/]/.test(first);
}

/**
 * A tool that is known to look for its own key alone asks for a package.json: those keys are watched. For anyone else
 * the whole of it counts.
 */
export function calledForKnownKeys(): boolean {
  const first = callerFiles().find(isForeignFile);
  return first !== undefined && KNOWING.test(first);
}

const KNOWING =
  /[\\/]node_modules[\\/](?:@babel[\\/]core|browserslist|resolve|@?jest(?:-[\w-]+)?|@swc[\\/]\w+|typescript|tsconfig-paths|get-tsconfig)[\\/]/;

/** `debug` looks for `DEBUG_*` among all variables, to write to the terminal. */
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
 * The innermost caller that is code of the user's, or of a tool; what a package does on the way is done for it.
 * @param toolOf The tool that a file belongs to; undefined for a file of none.
 * @returns That tool; undefined where the code is none of a tool.
 */
export function calledByTool(toolOf: (file: string) => string | undefined): string | undefined {
  for (const given of callerFiles(MAX_TOOL_FRAMES)) {
    const file = given.startsWith('file:') ? fileURLToPath(given) : given;
    if (!path.isAbsolute(file) || file.startsWith(OWN_FOLDER)) continue;
    const tool = toolOf(file);
    if (tool !== undefined || packageFolder(file) === null || OF_JEST.test(file)) return tool;
  }
  return undefined;
}

/** What Jest does when a tool calls it, it does for itself. */
const OF_JEST =
  /[\\/]node_modules[\\/](?:@jest|jest-(?:changed-files|circus|config|docblock|environment-(?:jsdom|node)|haste-map|jasmine2|leak-detector|message-util|resolve|runner|runtime|snapshot|util|worker))[\\/]/;

/** A tool may read its config by way of a package. */
const MAX_TOOL_FRAMES = 40;

/** Node reads a module to run it. */
export function calledByModuleLoader(): boolean {
  const first = callerFiles().find((file) => file !== '' && !file.startsWith(OWN_FOLDER));
  return first !== undefined && /^node:internal\/modules\//.test(first);
}

/** The files of the innermost callers, taken without anyone's `prepareStackTrace` looking into them. */
function callerFiles(limit = 18): string[] {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- Put back as it was, never called.
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = limit;
  Error.prepareStackTrace = (_error, sites) => sites.map((site) => site.getFileName() ?? '');
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, callerFiles);
  const files = holder.stack;
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  if (Array.isArray(files)) return files as string[];
  // While another stack is being formatted V8 asks nobody, and makes the text itself.
  return typeof files === 'string' ? files.split('\n').slice(1).map(fileOfLine) : [];
}

/** The file that a line of a stack as text names; empty where it names none. */
function fileOfLine(line: string): string {
  return /(?:\(|at (?:async )?)([^()]*?):\d+:\d+\)?$/.exec(line)?.[1] ?? '';
}
