import { count } from './logger';

const UNITS: [name: string, milliseconds: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/**
 * A length of time for a person, in its largest whole unit: `3 hours`, or `less than a minute`. `Intl.RelativeTimeFormat`
 * has no words for that and speaks of the future, too.
 * @param milliseconds A negative number, as of a clock that was set back, counts as none.
 */
export function age(milliseconds: number): string {
  const [name, unit] = UNITS.find(([, length]) => milliseconds >= length) ?? ['', 0];
  return unit === 0 ? 'less than a minute' : count(Math.floor(milliseconds / unit), name);
}

/**
 * How long ago something was: `3 hours ago`.
 * @param time Milliseconds since the epoch.
 */
export function ago(time: number, now: number = Date.now()): string {
  return `${age(now - time)} ago`;
}
