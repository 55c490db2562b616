import Module, { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import {
  getEnvironmentData,
  isMainThread,
  setEnvironmentData,
  threadId,
} from 'node:worker_threads';
import { calledByLaunch, calledByModuleLoader } from '../callers';
import { watchFs } from '../files/file-system';
import { watchLaunches } from '../children/launches';
import { replace } from '../patched';
import { guarded, type Watch } from '../sink';
import { letVariablesBeCloned } from '../variables/cloned-variables';
import { watchedVariables } from '../variables/variables';
import { CHILD_VARIABLE, takeVariables, type ChildHandover, type ThreadHandover } from './handover';
import { OBSERVATIONS, STARTED_WITH_HOOKS } from '../children/observation';
import { ReportWriter } from './report-writer';
import { ReportingSink } from './reporting-sink';
import { managerMemory } from './manager-memory';
import { reportUnseenImports, SEES_IMPORTS, watchModules } from './modules';
import { stripOwnFramesFromUncaught } from './uncaught';

/**
 * Reports what this process or thread does from now on to the worker that started it. Does nothing if no worker did.
 */
export function report(): void {
  const variables = process.env;
  const handover = takeHandover(variables);
  if (handover === null) return;
  const name = `${OBSERVATIONS}${process.pid}-${threadId}-${Date.now()}.jsonl`;
  const writer = new ReportWriter(path.join(handover.folder, name));
  const runsAsWritten = asWritten();
  const reporting = new ReportingSink(
    writer,
    handover,
    () => calledByModuleLoader() && runsAsWritten(),
    managerMemory({
      main: mainScript(),
      args: process.argv.slice(2),
      env: variables,
      folder: process.cwd(),
    }),
  );
  const sink = guarded(reporting);
  writer.write('started', mainScript(), hasHooks(variables) ? STARTED_WITH_HOOKS : '');
  let suspended = 0;
  const watch: Watch = {
    sink: () => (suspended === 0 ? sink : null),
    unobserved: (work) => {
      suspended += 1;
      try {
        return work();
      } finally {
        suspended -= 1;
      }
    },
    suspend: () => (suspended += 1),
    resume: () => (suspended -= 1),
  };
  watchFs(watch);
  // Node has already read the files of variables that its command names.
  if (isMainThread) for (const file of variableFiles(process.execArgv)) sink.read(file);
  watchModules(watch, reporting);
  if (!SEES_IMPORTS) reportUnseenImports(writer);
  stripOwnFramesFromUncaught();
  const note = (variable: string): boolean => {
    if (calledByLaunch()) return false;
    writer.write('variable', variable);
    return true;
  };
  const watched = watchedVariables(variables, { asked: note, askedForNames: () => note('') });
  replace('childVariables', process, 'env', watched);
  letVariablesBeCloned(watched, () => ({ ...watched }));
  watchLaunches({
    variables: (given = variables) => given,
    handover: () => handover,
    named: (file, runs) => (runs ? writer.write('launched', file) : sink.read(file)),
    executed: (file) => sink.looked(file, true),
    mayRead: (folder, entries) => writer.write('bundled', folder, entries.join('\n')),
    missed: (file) => writer.write('missed', file),
    listed: (folder) => sink.listed(folder),
    lost: () => writer.write('lost', ''),
    asked: (variable) => writer.write('variable', variable),
    unobserved: (work) => watch.unobserved(work),
  });
  syncBuiltinESMExports();
}

/**
 * Returns a function that says whether Node still runs modules as they are. Compiler hooks replace these two
 * functions.
 */
function asWritten(): () => boolean {
  const { _extensions: extensions, prototype } = Module as unknown as {
    _extensions: Record<string, unknown>;
    prototype: { _compile: unknown };
  };
  const { '.js': load } = extensions;
  const { _compile: compile } = prototype;
  return () => extensions['.js'] === load && prototype._compile === compile;
}

/** Absolute path, or empty if there is no script. */
function mainScript(): string {
  const [, script] = process.argv;
  return script !== undefined && path.isAbsolute(script) ? script : '';
}

/** Whether something else is loaded first that may change files before they run. */
function hasHooks({ NODE_OPTIONS: options = '' }: NodeJS.ProcessEnv): boolean {
  return /(?:^|\s)(?:-r|--(?:require|import|loader|experimental-loader|experimental-strip-types))\b/.test(
    [options, ...process.execArgv].join(' '),
  );
}

/** The files after `--env-file` and `--env-file-if-exists`, as absolute paths. */
function variableFiles(options: readonly string[]): string[] {
  return options.flatMap((option, index) => {
    const named = /^--env-file(?:-if-exists)?(?:=(.*))?$/s.exec(option);
    const file = named === null ? undefined : (named[1] ?? options[index + 1]);
    return file === undefined ? [] : [path.resolve(file)];
  });
}

function takeHandover(variables: NodeJS.ProcessEnv): ChildHandover | null {
  const handed = takeVariables(variables);
  if (isMainThread) return handed;
  const data = getEnvironmentData(CHILD_VARIABLE) as unknown as ThreadHandover | undefined;
  if (data === undefined) return handed;
  setEnvironmentData(CHILD_VARIABLE, undefined);
  const { execArgv, ...handover } = data;
  process.execArgv = execArgv;
  return handover;
}
