/**
 * What a child process or a worker thread did, as it tells the worker that started it: one line of JSON each, in a
 * file of its own in the folder that it was handed.
 */
export interface Observation {
  /** When, as `now` tells it. */
  at: number;
  what: (typeof KINDS)[number];
  /** An absolute path, or the name of a variable; empty for the names of all variables, and for what was lost. */
  name: string;
  /**
   * What was there:
   * - read, changed: the git blob hash; `directory`; empty for nothing; for a program its size and times, as `stamp` has them
   * - looked, followed: `file`, `directory` or empty
   * - listed: as the dependency's value
   * - linked: where the link leads
   * - wrote, made, missed, lost, variable, governed: nothing
   * - evaluated: a source text; the name is the folder that it runs in
   * - started (the script of this process): `STARTED_WITH_HOOKS`, or nothing
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
] as const;

/** Of a process that was told to load something before its script, which may turn files into others. */
export const STARTED_WITH_HOOKS = 'hooks';

/** How the name of a file of observations begins. */
export const OBSERVATIONS = 'seen-';

/** One line, ready to append. */
export function encodeObservation({ at, what, name, value }: Observation): string {
  return `${JSON.stringify([at, what, name, value])}\n`;
}

/** Every complete line; one that cannot be ours is passed over. */
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
      // A line that was cut short as the process was killed, or not written by us.
      return [];
    }
  });
}

/** Tells one state of a file from another without reading it. */
export function stamp(stats: { size: bigint; mtimeNs: bigint; ctimeNs: bigint }): string {
  return `${STAMP}${String(stats.size)}:${String(stats.mtimeNs)}:${String(stats.ctimeNs)}`;
}

/** How a stamp begins. */
export const STAMP = '@';
