import { describe, expect, test } from '@jest/globals';
import { differences, type FileReport } from '../../bench/coverage-edits/compare';
import { drawEdit, type EditKind } from '../../bench/coverage-edits/edits';
import { Random } from '../../bench/mutation/random';

const TEXT = `import { b } from './b';
export function first() {
  return b;
}
export function second() {
  if (b) return 1;
  return 2;
}
`;

function edited(kind: EditKind, text = TEXT): string | undefined {
  return drawEdit([{ file: 'src/a.ts', text }], kind, 7, new Random(3))?.text;
}

describe('an edit for coverage', () => {
  test.each<[EditKind, RegExp]>([
    ['statement', / {2}(?:if \(b\) )?void 'edit 7';\n/],
    ['branch', /if \(Date\.now\(\) < 7\) \{\nvoid 'never';\n\}\n/],
    ['constant', /^export const edit7 = \[7, 'edit'\];\n/m],
    ['comment', /\/\/ Edit 7,\n\/\/ of two lines\.\n/],
  ])('adds a %s', (kind, added) => {
    expect(edited(kind)).toMatch(added);
    expect(edited(kind)?.replace(added, '').length).toBeLessThanOrEqual(TEXT.length);
  });

  test('takes a function out, or to the end of its row', () => {
    const names = (text: string | undefined) =>
      [...(text ?? '').matchAll(/function (\w+)/g)].map(([, name]) => name);
    expect(names(edited('deleted function'))).toHaveLength(1);
    expect(names(edited('moved function'))).toEqual(['second', 'first']);
    expect(edited('moved function', 'export class A { one() { return 1; } two = 2; }')).toBe(
      'export class A {  two = 2;\none() { return 1; } }',
    );
  });

  test('is the same for a seed, and none where there is none', () => {
    expect(edited('statement')).toBe(edited('statement'));
    expect(edited('deleted function', 'export const a = 1;')).toBeUndefined();
  });
});

describe('two coverage reports', () => {
  const file = (s: number, b: number[] = [1]): FileReport => ({
    statementMap: { 0: 'there' },
    fnMap: {},
    branchMap: { 0: 'a branch' },
    s: { 0: s },
    f: {},
    b: { 0: b },
  });
  const report = (one: FileReport | null, summary: unknown = 1) => ({
    files: one && { a: one },
    summary,
  });

  test('are equal whatever their counts', () => {
    expect(differences(report(file(1)), report(file(5)))).toEqual([]);
    expect(differences(report(null), report(null))).toEqual([]);
  });

  test('differ in what is hit, where it is, and in the summary', () => {
    expect(differences(report(file(0)), report(file(5), 2))).toEqual([
      'a: statement 0 is missed and not hit: "there"',
      'the summary',
    ]);
    expect(differences(report(file(1, [0, 1])), report(file(1, [1, 0])))).toHaveLength(1);
    expect(
      differences(report({ ...file(1), statementMap: { 0: 'here' } }), report(file(1))),
    ).toEqual(['a: where each statement is']);
    expect(differences({ files: {}, summary: 1 }, report(file(1)))).toEqual(['a is missing']);
    expect(differences(report(null), report(file(1)))).toEqual(['no report']);
  });
});
