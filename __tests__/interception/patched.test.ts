import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { PATCHED, define, replace } from '../../src/interception/patched';
import type { Report } from './patched-process';

function recordingIn(mode: 'worker' | 'child'): Report {
  const script = path.join(__dirname, 'patched-process.ts');
  const output = execFileSync(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', script, mode],
    { cwd: path.resolve(__dirname, '../..'), encoding: 'utf8' },
  );
  return JSON.parse(output) as Report;
}

/** Groups that are replaced only for a moment, or by a room that a recording does not start. */
const ELSEWHERE = ['stackTrace.', 'hashing.', 'compiledModules.'];

function withoutElsewhere(names: readonly string[]): string[] {
  return names.filter((name) => !ELSEWHERE.some((group) => name.startsWith(group))).sort();
}

describe('the list of what is patched', () => {
  it.each(['worker', 'child'] as const)('is what a recording replaces in a %s', (mode) => {
    const { listed, replaced, unlisted, left } = recordingIn(mode);
    expect(withoutElsewhere(listed).length).toBeGreaterThan(80);
    expect(withoutElsewhere(replaced)).toEqual(withoutElsewhere(listed));
    expect(unlisted).toEqual([]);
    expect(left).toEqual([]);
  });

  it('names each thing once in a process', () => {
    for (const mode of ['worker', 'child'] as const) {
      const names = Object.values(PATCHED).flatMap((patch) =>
        (patch.in as readonly string[]).includes(mode)
          ? patch.names.map((name) => `${patch.of}: ${name}`)
          : [],
      );
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('is the only thing that can be replaced', () => {
    const holder = { listed: 1, other: 1 };
    expect(() => replace('vm', holder, 'other', 2)).toThrow(
      'vm: other is replaced, but not listed',
    );
    expect(() => define('vm', holder, 'other', { value: 2 })).toThrow('not listed');
    replace('vm', holder, 'compileFunction', 2);
    expect(holder).toMatchObject({ other: 1, compileFunction: 2 });
  });
});
