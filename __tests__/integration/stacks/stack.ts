import type { Files } from '../harness';

/** An edit, and the test files that must run for it. */
export type Edit = [what: string, file: string, from: string, to: string, expectRan: string[]];

/** A project of a kind that people have, and edits of it. */
export interface Stack {
  packages: string[];
  files: Files;
  edits: Edit[];
}

/** Edits of `src/sign.ts`, which each stack has. */
export const TYPESCRIPT_EDITS = (test: (name: string) => string): Edit[] => [
  ['a comment', 'src/sign.ts', '// A comment.', '// Another.', []],
  ['a type', 'src/sign.ts', 'n: number', 'n: number | bigint', []],
  ['a branch', 'src/sign.ts', "'minus'", "['minus'].join()", [test('minus')]],
  ['a function that nobody calls', 'src/sign.ts', 'return 1', 'return 2', []],
];

/** A source file with two branches, and a test file for each. */
export const SIGN: Files = {
  'src/sign.ts': `// A comment.
export function sign(n: number): string {
  if (n > 0) {
    return 'plus';
  } else {
    return 'minus';
  }
}
export function unused(): number {
  return 1;
}
`,
  '__tests__/plus.test.ts':
    "import { sign } from '../src/sign';\ntest('plus', () => { expect(sign(1)).toBe('plus'); });\n",
  '__tests__/minus.test.ts':
    "import { sign } from '../src/sign';\ntest('minus', () => { expect(sign(-1)).toBe('minus'); });\n",
};

/** The same files with the test files beside the sources. */
export function moved(files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name.replace('__tests__/', 'src/'),
      text?.replace('../src/', './') ?? null,
    ]),
  );
}
