/**
 * What a child process or a worker thread did, as it reports to the worker that started it. Each observation is one
 * line of JSON, in a file of the process's own, in the folder that it was given.
 */
export interface Observation {
  /** The time, from `now`. */
  at: number;
  what: (typeof KINDS)[number];
  /** An absolute path, or the name of a variable. Empty for the names of all variables, and for `lost`. */
  name: string;
  /**
   * What existed there:
   * - read, changed: the git blob hash; `directory`; empty for nothing; for a program its size and times, from
   *   `stamp`
   * - looked: the value of the dependency, or empty
   * - followed: `file`, `directory` or empty
   * - listed: the value of the dependency
   * - linked: where the link leads
   * - wrote, made, missed, lost, variable, governed: nothing
   * - evaluated: a source text; the name is the folder that it runs in
   * - started (the script of this process): `STARTED_WITH_HOOKS`, or nothing
   * - bundled (a program may read anything below the folder): the files that it was told to begin with, one a line
   * - script (Node loads it as a module), launched (a process is started with it): a stamp, or nothing
   */
  value: string;
}

const KINDS = [
  'read',
  'looked',
  'followed',
  'listed',
  'wrote',
  'changed',
  'made',
  'linked',
  'missed',
  'lost',
  'variable',
  'governed',
  'evaluated',
  'started',
  'script',
  'launched',
  'bundled',
] as const;

/** Marks a process that loads something before its script that may change files before they run. */
export const STARTED_WITH_HOOKS = 'hooks';

/** How the name of a file of observations begins. */
export const OBSERVATIONS = 'seen-';

/** One line, ready to append. */
export function encodeObservation({ at, what, name, value }: Observation): string {
  return `${JSON.stringify([at, what, name, value])}\n`;
}

/** Every complete line. A line that is not an observation is skipped. */
export function decodeObservations(text: string): Observation[] {
  return text.split('\n').flatMap((line) => {
    try {
      const [at, what, name, value] = JSON.parse(line) as unknown[];
      return typeof at === 'number' &&
        KINDS.includes(what as Observation['what']) &&
        typeof name === 'string' &&
        typeof value === 'string'
        ? [{ at, what: what as Observation['what'], name, value }]
        : [];
    } catch {
      // The line was cut short when the process was killed, or is not ours.
      return [];
    }
  });
}

/** Distinguishes two states of a file without reading it. */
export function stamp(stats: { size: bigint; mtimeNs: bigint; ctimeNs: bigint }): string {
  return `${STAMP}${String(stats.size)}:${String(stats.mtimeNs)}:${String(stats.ctimeNs)}`;
}

/** How a stamp begins. */
export const STAMP = '@';
