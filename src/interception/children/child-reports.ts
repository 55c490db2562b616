import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readReport, type ScriptFunction } from '../../blocks/v8-coverage';
import { importClosure } from '../../dependencies/resolution/imports';
import { isFile } from '../../dependencies/files/stats';
import { SCRIPT } from './commands';
import { STAMP, STARTED_WITH_HOOKS, type Observation } from './observation';
import { isStill } from './stamps';

/** What a file was to a process that ran it. */
export type Ran =
  /** What V8 counted of it. */
  | readonly ScriptFunction[]
  /** Nobody knows which parts of it ran. */
  | 'all'
  /** Nobody knows what it was turned into before it ran. */
  | 'text'
  /** It is no longer what ran. */
  | 'changed';

/** A process or a thread that reported what it did. */
interface Process {
  /** The file that it was started with, or empty. */
  main: string;
  /** Whether it was told to load something else first, which may turn files into others. */
  hasHooks: boolean;
  /** Files that Node loaded as CommonJS modules: when, and the stamp that each had. */
  loaded: Map<string, { at: number; value: string }>;
}

/** Brings together what processes and threads report of the scripts that they ran. */
export class ChildReports {
  readonly #processes = new Map<string, Process>();
  /** The scripts in the reports of V8, by process. */
  readonly #scripts = new Map<string, Map<string, ScriptFunction[][]>>();
  /** Scripts that Node was started with. */
  readonly #launched = new Set<string>();

  /** A script was named to Node. */
  launched(file: string): void {
    this.#launched.add(file);
  }

  /**
   * A process or a thread reports.
   * @param id Its own: see `idOf`.
   * @returns Whether that was about scripts, so that nobody else need know.
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

  /** All scripts in the reports of V8. */
  files(): Set<string> {
    return new Set([...this.#scripts.values()].flatMap((scripts) => [...scripts.keys()]));
  }

  /**
   * Tells what ran, each file as often as somebody ran it.
   * @param ran Told when a file was seen to be loaded; `Infinity` where it was not.
   */
  tell(ran: (file: string, how: Ran, at: number) => void): void {
    for (const [id, scripts] of this.#scripts) {
      const { loaded } = this.#process(id);
      for (const [file, reports] of scripts) {
        const { at = Infinity } = loaded.get(file) ?? {};
        // Whoever resets V8's counts takes away what ran before.
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
      // It was killed, or goes on.
      const starts = main === '' ? this.#launched : [main];
      for (const file of importClosure(starts))
        if (!loaded.has(file)) ran(file, SCRIPT.test(file) ? how : 'text', Infinity);
    }
    // Whoever was to run it reported nothing, or could not.
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

/** What tells a process or thread from others, in the name of a file that it or Node made: its number and the thread's. */
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

/** A script may be named without its extension, or by its folder. */
function asScript(main: string): string {
  if (main === '') return '';
  const places = [main, `${main}.js`, path.join(main, 'index.js')];
  return places.find((place) => isFile(place)) ?? '';
}
