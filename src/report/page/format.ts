/** Formats numbers, durations and dates for the reader. */

const NUMBER = new Intl.NumberFormat('en');

/** `1,268`. */
export function number(value: number): string {
  return NUMBER.format(value);
}

/** `1 test file`, `120 test files`. */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `0 s`, `12 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 0.5) return '0 s';
  if (milliseconds < 99.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${number(hours)} h` : `${number(hours)} h ${minutes % 60} min`;
}

/**
 * `0 %`, `under 1 %`, `12 %`, `over 99 %`. A part that is not empty is never `0 %`, and an incomplete one never `100
 * %`.
 */
export function percent(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0 %';
  const value = (100 * part) / whole;
  if (value < 1) return 'under 1 %';
  if (value > 99 && part < whole) return 'over 99 %';
  return `${Math.round(value)} %`;
}

/** `line 12`, `lines 12–40`. Empty if unknown. */
export function lines(line: number, endLine: number): string {
  if (line <= 0) return '';
  return endLine > line ? `lines ${line}–${endLine}` : `line ${line}`;
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** `3 Mar 2026, 14:05`, in the reader's time zone. */
export function date(time: number): string {
  return DATE.format(time);
}

/** `just now`, `5 minutes ago`, `yesterday`. */
export function ago(time: number, now: number): string {
  const minutes = Math.round((now - time) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${count(minutes, 'minute')} ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${count(hours, 'hour')} ago`;
  const days = Math.round(hours / 24);
  return days === 1 ? 'yesterday' : `${count(days, 'day')} ago`;
}
