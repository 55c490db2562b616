import { count } from './logger';

const UNITS: [name: string, milliseconds: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/**
 * How long something took or is ago, for a person: `3 hours`.
 * @param milliseconds Of which no more than the largest whole unit is told.
 */
export function age(milliseconds: number): string {
  const [name, unit] = UNITS.find(([, length]) => milliseconds >= length) ?? ['', 0];
  return unit === 0 ? 'less than a minute' : count(Math.floor(milliseconds / unit), name);
}
