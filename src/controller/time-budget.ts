import type { Test, TestResult } from '@jest/test-result';
import { readBudget } from '../config/budget';
import { isNotReached } from '../run/skipped-result';
import { count } from '../terminal/logger';
import type { RunRequest } from './run-request';

/**
 * The time budget of a run. Workers do not load test files once the time is up. Jest hears that these were skipped, and
 * they stay selected, because they leave no record.
 */
export class TimeBudget {
  /** When the time is up, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly #text: string;
  readonly #fails: boolean;
  readonly #selects: boolean;
  readonly #unreached = new Set<string>();

  private constructor({ options, select }: RunRequest, deadline: number) {
    this.deadline = deadline;
    this.#text = options.budget;
    this.#fails = options.budgetExit === 'fail';
    this.#selects = select;
  }

  /**
   * The budget of a run that began at a time. Null if it has none: `verify` runs everything.
   * @param startedAt Milliseconds since the epoch.
   */
  static of(request: RunRequest, startedAt: number): TimeBudget | null {
    const budget = readBudget(request.options.budget) ?? 0;
    return budget === 0 || request.verify ? null : new TimeBudget(request, startedAt + budget);
  }

  /**
   * Notes a result if it is of a test file that was not reached.
   * @returns Whether it is.
   */
  note({ path, context }: Pick<Test, 'path' | 'context'>, result: TestResult): boolean {
    if (!isNotReached(result)) return false;
    this.#unreached.add(`${context.config.id}\n${path}`);
    return true;
  }

  /** The number of test files that were not reached. */
  get unreached(): number {
    return this.#unreached.size;
  }

  /** Whether the run fails because test files were not reached. */
  get isExceeded(): boolean {
    return this.#fails && this.#unreached.size > 0;
  }

  /** The part of the closing line. Empty if everything was reached. */
  get summary(): string[] {
    const files = this.#unreached.size;
    if (files === 0) return [];
    const one = files === 1;
    const [what, stays] = this.#selects
      ? [count(files, 'affected test file'), ` and ${one ? 'stays' : 'stay'} affected`]
      : [count(files, 'test file'), ''];
    const fails = this.#fails ? ', so this run fails' : '';
    return [
      `the time budget of ${this.#text} was used up: ${what} ${one ? 'was' : 'were'} not reached${stays}${fails}`,
    ];
  }
}
