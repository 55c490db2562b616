import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A value that only what runs within `run` sees, also across awaits. Unlike a bare `AsyncLocalStorage` it is switched
 * off when nobody is within: one left on makes every promise of the tests in this process dearer.
 */
export class AsyncScope<Value> {
  readonly #storage = new AsyncLocalStorage<Value>();
  #active = 0;

  /** The value of the innermost `run` around the caller; undefined outside. */
  get value(): Value | undefined {
    return this.#storage.getStore();
  }

  /** Runs something with a value to see. */
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
