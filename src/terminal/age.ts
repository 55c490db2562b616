import { count } from './logger';

const UNITS: [name: string, milliseconds: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/**
 * Formats a length of time in its largest whole unit: `3 hours`, or `less than a minute`. `Intl.RelativeTimeFormat`
 * cannot do this: it only formats times relative to now, such as `in 3 hours`.
 * @param milliseconds A negative number counts as zero. It occurs if the clock was set back.
 */
export function age(milliseconds: number): string {
  const [name, unit] = UNITS.find(([, length]) => milliseconds >= length) ?? ['', 0];
  return unit === 0 ? 'less than a minute' : count(Math.floor(milliseconds / unit), name);
}

/**
 * Formats how long ago something was: `3 hours ago`.
 * @param time Milliseconds since the epoch.
 * @param now Milliseconds since the epoch.
 */
export function ago(time: number, now: number = Date.now()): string {
  return `${age(now - time)} ago`;
}
