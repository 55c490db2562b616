import { testing, type Family } from './scenario';

/** Where in `src/shapes.ts` each test file goes: one construct each, in the branch that is named. */
const SHAPES: Record<string, string> = {
  'switch-one': 'pick(1)',
  'switch-two': 'pick(2)',
  'loop-entered': 'sum([1])',
  'loop-skipped': 'sum([])',
  'catch-entered': "attempt('{')",
  'catch-skipped': "attempt('{}')",
  'default-used': 'greet()',
  'default-given': "greet('you')",
};

/** Code that a transformer compiles, with types in it. */
export const code: Family = {
  name: 'code, compiled',
  base: {
    packages: ['jest', '@swc/jest', '@swc/core'],
    files: {
      'jest.config.js': "module.exports = { transform: { '\\\\.ts$': '@swc/jest' } };",
      'src/sign.ts': `
// A comment.
export function sign(positive: boolean): string {
  if (positive) {
    return 'plus';
  } else {
    return 'minus';
  }
}
export function unused(): number {
  return 1;
}
`,
      '__tests__/plus.test.ts': `import { sign } from '../src/sign';\n${testing("expect(sign(true)).toBe('plus');")}`,
      '__tests__/minus.test.ts': `import { sign } from '../src/sign';\n${testing("expect(sign(false)).toBe('minus');")}`,
      'src/twins.ts': `
export function a(): string {
  return 'same';
}
export function b(): string {
  return 'same';
}
`,
      '__tests__/twin-a.test.ts': `import { a } from '../src/twins';\n${testing("expect(a()).toBe('same');")}`,
      '__tests__/twin-b.test.ts': `import { b } from '../src/twins';\n${testing("expect(b()).toBe('same');")}`,
      'src/shapes.ts': `
export const limit = 10;
export interface Options { deep: boolean }
export function pick(n: number): string {
  switch (n) {
    case 1:
      return 'one';
    default:
      return 'two';
  }
}
export function sum(numbers: number[]): number {
  let total = 0;
  for (const n of numbers) {
    total += n;
  }
  return total;
}
export function attempt(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return 'broken';
  }
}
export function greet(name = fallback()): string {
  return 'hello ' + name;
}
function fallback(): string {
  return 'nobody';
}
`,
      ...Object.fromEntries(
        Object.entries(SHAPES).map(([name, call]) => [
          `__tests__/${name}.test.ts`,
          `import * as shapes from '../src/shapes';\n${testing(`expect(shapes.${call}).toBeDefined();`)}`,
        ]),
      ),
      'src/late.ts': "export const late = { answer: (): string => 'late' };\n",
      '__tests__/late.test.ts': testing(
        "const { late } = await import('../src/late'); expect(late.answer()).toBeDefined();",
      ),
      'src/account.ts': `
export class Account {
  static created = 0;
  balance = 1;
  deposit(n: number): number {
    return this.balance + n;
  }
  withdraw(n: number): number {
    return this.balance - n;
  }
}
`,
      '__tests__/deposit.test.ts': `import { Account } from '../src/account';\n${testing('expect(new Account().deposit(1)).toBeDefined();')}`,
      '__tests__/withdraw.test.ts': `import { Account } from '../src/account';\n${testing('expect(new Account().withdraw(1)).toBeDefined();')}`,
    },
  },
  scenarios: [
    {
      name: 'a branch that one of two test files ran',
      edit: (project) => project.edit('src/sign.ts', "'minus'", "'minus' + ''"),
      expectRan: ['__tests__/minus.test.ts'],
    },
    {
      name: 'a function that nobody called',
      edit: (project) => project.edit('src/sign.ts', 'return 1', 'return 2'),
      expectRan: [],
    },
    {
      name: 'a condition, which is code around its branches',
      edit: (project) => project.edit('src/sign.ts', 'if (positive)', 'if (positive === true)'),
      expectRan: ['__tests__/minus.test.ts', '__tests__/plus.test.ts'],
    },
    {
      name: 'a function renamed that nobody called, and with it an export that nobody names',
      edit: (project) => project.edit('src/sign.ts', 'unused', 'idle'),
      expectRan: [],
    },
    {
      name: 'a comment, formatting and types',
      edit: (project) => {
        project.edit('src/sign.ts', '// A comment.', '/* Another\n comment. */\n\n');
        project.edit('src/sign.ts', 'if (positive) {', 'if (positive)\n  {');
        project.edit(
          'src/sign.ts',
          '(positive: boolean): string',
          '(positive: unknown): string | number',
        );
        project.edit('src/shapes.ts', 'deep: boolean', 'deep: boolean; wide?: string');
      },
      expectRan: [],
    },
    {
      name: 'one of two equal bodies',
      edit: (project) =>
        project.edit(
          'src/twins.ts',
          "b(): string {\n  return 'same'",
          "b(): string {\n  return 'same' + ''",
        ),
      expectRan: ['__tests__/twin-b.test.ts'],
    },
    {
      name: 'the other of two equal bodies',
      edit: (project) => project.edit('src/twins.ts', "'same'", "'same' + ''"),
      expectRan: ['__tests__/twin-a.test.ts'],
    },
    {
      name: 'a function moved below another',
      edit: (project) =>
        project.write({
          'src/twins.ts':
            "export function b(): string {\n  return 'same';\n}\nexport function a(): string {\n  return 'same';\n}\n",
        }),
      expectRan: [],
    },
    {
      name: 'a value at module level that nobody reads',
      edit: (project) => project.edit('src/shapes.ts', 'limit = 10', 'limit = 11'),
      expectRan: [],
    },
    {
      name: 'a call at module level that may do something',
      edit: (project) =>
        project.edit('src/shapes.ts', 'limit = 10', 'limit = Number(process.uptime())'),
      expectRan: Object.keys(SHAPES).map((name) => `__tests__/${name}.test.ts`),
    },
    {
      name: 'a switch case',
      edit: (project) => project.edit('src/shapes.ts', "return 'one'", "return 'one' + ''"),
      expectRan: ['__tests__/switch-one.test.ts'],
    },
    {
      name: 'a loop body',
      edit: (project) => project.edit('src/shapes.ts', 'total += n', 'total += n + 0'),
      expectRan: ['__tests__/loop-entered.test.ts'],
    },
    {
      name: 'a catch',
      edit: (project) => project.edit('src/shapes.ts', "'broken'", "'broken' + ''"),
      expectRan: ['__tests__/catch-entered.test.ts'],
    },
    {
      name: 'what a default parameter calls',
      edit: (project) => project.edit('src/shapes.ts', "'nobody'", "'somebody'"),
      expectRan: ['__tests__/default-used.test.ts'],
    },
    {
      name: 'a method',
      edit: (project) => project.edit('src/account.ts', 'balance + n', 'balance + n + 0'),
      expectRan: ['__tests__/deposit.test.ts'],
    },
    {
      name: 'a field initialiser and a static one',
      edit: (project) => {
        project.edit('src/account.ts', 'balance = 1', 'balance = 2');
        project.edit('src/account.ts', 'created = 0', 'created = 1');
      },
      expectRan: ['__tests__/deposit.test.ts', '__tests__/withdraw.test.ts'],
    },
    {
      name: 'a module that is imported inside a test',
      edit: (project) => project.edit('src/late.ts', "'late'", "'later'"),
      expectRan: ['__tests__/late.test.ts'],
    },
    {
      name: 'a file deleted',
      edit: (project) => project.write({ 'src/twins.ts': null }),
      expectRan: ['__tests__/twin-a.test.ts', '__tests__/twin-b.test.ts'],
      expectExit: 1,
    },
    {
      name: 'a file that no longer parses',
      edit: (project) => project.edit('src/twins.ts', 'return', 'return return'),
      expectRan: ['__tests__/twin-a.test.ts', '__tests__/twin-b.test.ts'],
      expectExit: 1,
    },
    {
      name: 'a new file that nobody imports',
      edit: (project) => project.write({ 'src/new.ts': 'export const fresh = 1;\n' }),
      expectRan: [],
    },
  ],
};
