/** A test as jest-circus represents it. Source: `@jest/types`, Circus.TestEntry. */
export interface CircusTest {
  type: 'test';
  name: string;
  parent: CircusBlock;
  mode?: 'skip' | 'only' | 'todo' | null;
  concurrent?: boolean;
  errors: unknown[];
  duration?: number | null;
}

export interface CircusBlock {
  type: 'describeBlock';
  name: string;
  parent?: CircusBlock;
  children: (CircusTest | CircusBlock)[];
}

export interface CircusEvent {
  name: string;
  test?: CircusTest;
}

export interface CircusState {
  testNamePattern?: RegExp | null;
  hasFocusedTests?: boolean;
  unhandledErrors: unknown[];
  rootDescribeBlock: CircusBlock;
}

/** The part of a Jest environment that is used here. Every environment has it, including custom ones. */
export interface AnyEnvironment {
  global: object;
  handleTestEvent?: ((event: CircusEvent, state: CircusState) => unknown) | undefined;
  teardown(): Promise<void>;
}

/** The titles of the describe blocks around a test, then its own. */
export function testName(test: CircusTest): string[] {
  const titles = [test.name];
  for (
    let block: CircusBlock | undefined = test.parent;
    block?.parent !== undefined;
    block = block.parent
  ) {
    titles.unshift(block.name);
  }
  return titles;
}
