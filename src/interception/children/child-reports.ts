import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readReport, type ScriptFunction } from '../../blocks/v8-coverage';
import { importClosure } from '../../dependencies/resolution/imports';
import { isFile } from '../../dependencies/files/stats';
import { SCRIPT } from '../commands/node-command';
import { STAMP, STARTED_WITH_HOOKS, type Observation } from './observation';
import { isStill } from './stamps';

/** What is known of a file that a process ran. */
export type Ran =
  /** What V8 counted in it. */
  | readonly ScriptFunction[]
  /** It is unknown which parts of it ran. */
  | 'all'
  /** It is unknown what it was compiled to before it ran. */
  | 'text'
  /** It has changed since it ran. */
  | 'changed';

/** A process or a thread that reported what it did. */
interface Process {
  /** The file that it was started with. Empty if there is none. */
  main: string;
  /** Whether it loaded something else first that may change files before they run. */
  hasHooks: boolean;
  /** Files that Node loaded as CommonJS modules: the time, and the stamp of the file. */
  loaded: Map<string, { at: number; value: string }>;
}

/** Combines what processes and threads report about the scripts that they ran. */
export class ChildReports {
  readonly #processes = new Map<string, Process>();
  /** By process: the scripts in V8's reports. */
  readonly #scripts = new Map<string, Map<string, ScriptFunction[][]>>();
  /** Scripts that a command started Node with. */
  readonly #launched = new Set<string>();

  /** A command started Node with this script. */
  launched(file: string): void {
    this.#launched.add(file);
  }

  /**
   * A process or a thread reported an observation.
   * @param id The id of the process or thread, from `idOf`.
   * @returns Whether the observation was about scripts. If so, nobody else needs it.
   */
  observed(id: string, { at, what, name, value }: Observation): boolean {
    if (what === 'launched') this.launched(name);
    else if (what === 'started')
      this.#process(id, { main: name, hasHooks: value === STARTED_WITH_HOOKS });
    else if (what === 'script') this.#process(id).loaded.set(name, { at, value });
    else return false;
    return true;
  }

  /** A report of V8 was found. */
  covered(id: string, report: string): void {
    const scripts = readReport(report);
    if (scripts === null) return;
    const known = this.#scripts.get(id) ?? new Map<string, ScriptFunction[][]>();
    this.#scripts.set(id, known);
    for (const { url, functions } of scripts) {
      const file = asFile(url);
      if (file !== null) known.set(file, [...(known.get(file) ?? []), functions]);
    }
  }

  /** All scripts in V8's reports. */
  files(): Set<string> {
    return new Set([...this.#scripts.values()].flatMap((scripts) => [...scripts.keys()]));
  }

  /**
   * Reports what ran, each file as often as it ran.
   * @param ran Receives the time at which a file was loaded, or `Infinity` if the load was not seen.
   */
  tell(ran: (file: string, how: Ran, at: number) => void): void {
    for (const [id, scripts] of this.#scripts) {
      const { loaded } = this.#process(id);
      for (const [file, reports] of scripts) {
        const { at = Infinity } = loaded.get(file) ?? {};
        // Code that resets V8's counts hides what ran before.
        if (reports.every(([whole]) => (whole?.ranges[0]?.count ?? 0) === 0)) ran(file, 'all', at);
        for (const functions of reports) ran(file, functions, at);
      }
    }
    const known = this.files();
    for (const [id, { main, hasHooks, loaded }] of this.#processes) {
      const scripts = this.#scripts.get(id);
      const how = hasHooks ? 'text' : 'all';
      if (main !== '') known.add(main);
      for (const [file, { at, value }] of loaded) {
        known.add(file);
        if (value.startsWith(STAMP) && !isStill(file, value)) ran(file, 'changed', at);
        else if (scripts?.has(file) !== true) ran(file, how, at);
      }
      if (scripts !== undefined) continue;
      // The process was killed or is still running.
      const starts = main === '' ? this.#launched : [main];
      for (const file of importClosure(starts))
        if (!loaded.has(file)) ran(file, SCRIPT.test(file) ? how : 'text', Infinity);
    }
    // The process that should have run it reported nothing.
    for (const file of this.#launched)
      if (!known.has(file)) for (const other of importClosure([file])) ran(other, 'text', Infinity);
  }

  #process(id: string, started?: Pick<Process, 'main' | 'hasHooks'>): Process {
    const known = this.#processes.get(id) ?? { main: '', hasHooks: false, loaded: new Map() };
    if (started !== undefined) {
      known.main = asScript(started.main);
      known.hasHooks = started.hasHooks;
    }
    this.#processes.set(id, known);
    return known;
  }
}

/**
 * Finds the id of a process or thread in the name of a file that it or Node made: the process id and the thread's
 * number.
 */
export function idOf(file: string): string | null {
  const own = /^seen-(\d+-\d+)-\d+\.jsonl$/.exec(file);
  if (own !== null) return own[1] ?? null;
  const [, pid, thread] = /^coverage-(\d+)-\d+-(\d+)\.json$/.exec(file) ?? [];
  return pid === undefined || thread === undefined ? null : `${pid}-${thread}`;
}

function asFile(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    // A script without a file, such as `node:internal/…` or an evaluated text.
    return null;
  }
}

/** A script may be given without its extension, or as its folder. */
function asScript(main: string): string {
  if (main === '') return '';
  const places = [main, `${main}.js`, path.join(main, 'index.js')];
  return places.find((place) => isFile(place)) ?? '';
}
