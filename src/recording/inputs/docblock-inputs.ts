import { recordedPragmas } from '../../dependencies/pragmas';
import { unwatched } from '../../interception/observer';
import type { Dependency } from '../../records/types';

/**
 * The dependencies from a test file's docblock, because Jest reads its pragmas.
 * @param name Stored path of the test file.
 */
export function docblockInputs(
  name: string,
  { pragmas, file }: { pragmas: Record<string, string | string[]>; file: string },
): Dependency[] {
  const value = recordedPragmas(pragmas, sourceOf(file));
  const always: Dependency = { kind: 'always', name, value: '' };
  return [{ kind: 'pragmas', name, value }, ...(asksToRunAlways(pragmas) ? [always] : [])];
}

function sourceOf(file: string): string | null {
  try {
    return unwatched.readFileSync(file, 'utf8');
  } catch {
    // The test file is gone, so it has no docblock.
    return null;
  }
}

/** `@testmon always` in the docblock of a test file. For tests that depend on the clock, the network or randomness. */
function asksToRunAlways({ testmon }: Record<string, string | string[]>): boolean {
  return [testmon].flat().includes('always');
}
