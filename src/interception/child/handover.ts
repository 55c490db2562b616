import path from 'node:path';
import type { WorkspacePaths } from '../../dependencies/files/workspace-paths';

/** What a child process or a worker thread needs to know to report what it does. */
export interface ChildHandover extends WorkspacePaths {
  /** The folder that it reports into. */
  folder: string;
  /** Whether Node is to report the scripts that it loaded, also those that no code can see being read: it takes long. */
  reportsScripts: boolean;
}

/** What a thread is handed besides. */
export interface ThreadHandover extends ChildHandover {
  /** Node's options of the thread as they would be without us. */
  execArgv: string[];
}

/** Names the handover among a child's environment variables and a thread's environment data. */
export const CHILD_VARIABLE = 'TESTMON_CHILD';

/** What children load before everything else; it ends as this file does. */
export const HOOK = path.join(__dirname, `hook${path.extname(__filename)}`);

/** Yarn keeps packages in archives, which only a program of its own can look into. */
export const HOOK_IS_ARCHIVED = /\.zip[\\/]/.test(HOOK);

/** In the form of NODE_OPTIONS. Source: Node's documentation of NODE_OPTIONS. */
const LOAD_HOOK = `--require ${/[\s"]/.test(HOOK) ? `"${HOOK.replace(/["\\]/g, '\\$&')}"` : HOOK}`;

/** The variables that make a Node child report, beside those that it gets. */
export function childVariables(
  env: NodeJS.ProcessEnv,
  handover: ChildHandover,
): Record<string, string> {
  const { NODE_OPTIONS: options } = env;
  return {
    ...coverageVariable(env, handover),
    // First, so that what the other options load is seen too.
    NODE_OPTIONS: options === undefined ? LOAD_HOOK : `${LOAD_HOOK} ${options}`,
    [CHILD_VARIABLE]: JSON.stringify(handover),
  };
}

/** The variable that makes Node report the scripts that it loaded, unless somebody else is told already. */
export function coverageVariable(
  env: NodeJS.ProcessEnv,
  { folder, reportsScripts }: ChildHandover,
): Record<string, string> {
  return reportsScripts && env.NODE_V8_COVERAGE === undefined ? { NODE_V8_COVERAGE: folder } : {};
}

/** Takes our variables out again, so that a child's code sees what it would without us. */
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

/** Whether a program can be given the hook: not one that is no Node, nor one that may not read it. */
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
