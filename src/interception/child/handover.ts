import path from 'node:path';
import type { WorkspacePaths } from '../../dependencies/files/workspace-paths';

/** What a child process or a worker thread must know to report what it does. */
export interface ChildHandover extends WorkspacePaths {
  /** The folder for its reports. */
  folder: string;
  /**
   * Whether Node must report the scripts that it loaded, including those whose reading no code can see. This is slow.
   */
  reportsScripts: boolean;
}

/** What a thread receives in addition. */
export interface ThreadHandover extends ChildHandover {
  /** The options of Node that the thread would have without jest-testmon. */
  execArgv: string[];
}

/** The name of the handover in the environment variables of a child, and in the environment data of a thread. */
export const CHILD_VARIABLE = 'TESTMON_CHILD';

/** The file that children load before everything else. It has the same extension as this file. */
export const HOOK = path.join(__dirname, `hook${path.extname(__filename)}`);

/** Yarn keeps packages in archives. Only processes with Yarn's own loader can read them. */
export const HOOK_IS_ARCHIVED = /\.zip[\\/]/.test(HOOK);

/** The option in the form of NODE_OPTIONS. Source: Node's documentation of NODE_OPTIONS. */
const LOAD_HOOK = `--require ${/[\s"]/.test(HOOK) ? `"${HOOK.replace(/["\\]/g, '\\$&')}"` : HOOK}`;

/** The additional variables that make a Node child report. */
export function childVariables(
  env: NodeJS.ProcessEnv,
  handover: ChildHandover,
): Record<string, string> {
  const { NODE_OPTIONS: options } = env;
  return {
    ...coverageVariable(env, handover),
    // First, so that the hook sees what the other options load.
    NODE_OPTIONS: options === undefined ? LOAD_HOOK : `${LOAD_HOOK} ${options}`,
    [CHILD_VARIABLE]: JSON.stringify(handover),
  };
}

/**
 * The variable that makes Node report the scripts that it loaded. Left out if Node already reports to somebody else.
 */
export function coverageVariable(
  env: NodeJS.ProcessEnv,
  { folder, reportsScripts }: ChildHandover,
): Record<string, string> {
  return reportsScripts && env.NODE_V8_COVERAGE === undefined ? { NODE_V8_COVERAGE: folder } : {};
}

/** Removes our variables, so that the child's code sees what it would see without jest-testmon. */
export function takeVariables(env: NodeJS.ProcessEnv): ChildHandover | null {
  const { [CHILD_VARIABLE]: text, NODE_OPTIONS: options, NODE_V8_COVERAGE: coverage } = env;
  if (text === undefined) return null;
  delete env[CHILD_VARIABLE];
  if (options === LOAD_HOOK) delete env.NODE_OPTIONS;
  else if (options?.startsWith(`${LOAD_HOOK} `) === true)
    env.NODE_OPTIONS = options.slice(LOAD_HOOK.length + 1);
  const handover = JSON.parse(text) as ChildHandover;
  if (coverage === handover.folder) delete env.NODE_V8_COVERAGE;
  return handover;
}

/** Whether a program can load the hook. It cannot if it is not Node, or if it may not read the hook's file. */
export function takesHook(
  file: string,
  args: readonly unknown[],
  env: NodeJS.ProcessEnv,
  options: { uid?: unknown; gid?: unknown },
): boolean {
  return (
    (options.uid ?? options.gid) === undefined &&
    !/electron/i.test(path.basename(file)) &&
    ![...args, env.NODE_OPTIONS].some((arg) =>
      /--(?:experimental-)?permission\b/.test(String(arg)),
    ) &&
    !HOOK_IS_ARCHIVED
  );
}
