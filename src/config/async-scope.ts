import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A value that is only visible to code that runs within `run`, also across `await`. It disables its
 * `AsyncLocalStorage` when no `run` is active, because an enabled one slows down every promise of the tests in this
 * process.
 */
export class AsyncScope<Value> {
  readonly #storage = new AsyncLocalStorage<Value>();
  #active = 0;

  /** The value of the innermost enclosing `run`. Undefined outside of one. */
  get value(): Value | undefined {
    return this.#storage.getStore();
  }

  /** Runs a function that sees a value. */
  async run<Result>(value: Value, work: () => Promise<Result>): Promise<Result> {
    this.#active += 1;
    try {
      return await this.#storage.run(value, work);
    } finally {
      this.#active -= 1;
      if (this.#active === 0) this.#storage.disable();
    }
  }
}
