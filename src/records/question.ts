import { presenceQuestion } from './presence';
import type { Dependency } from './types';

/**
 * Identifies what a dependency asks about. Two dependencies with the same question have different values only if one
 * was observed later.
 */
export function questionOf({ kind, name, value }: Dependency): string {
  if (kind === 'present') return `${kind}:${presenceQuestion(value)}:${name}`;
  // The second word says which declarations the value has a hash of.
  if (kind === 'declared') return `${kind}:${value.split(' ', 2)[1] ?? ''}:${name}`;
  return `${kind}:${name}`;
}

/** The questions about whether a path exists, and what is there. */
export function questionsAbout(name: string): string[] {
  return [
    `file:${name}`,
    `absent:${name}`,
    ...(['exists', 'leads', 'permits'] as const).map((asked) => `present:${asked}:${name}`),
  ];
}
