import { Failure } from './failure';

/** Action runs one request at a time and knows whether one is running. */
export class Action {
  #busy = $state(false);

  get busy(): boolean {
    return this.#busy;
  }

  /** Runs act and resolves to whether it succeeded. While another act runs, it resolves to false at once. */
  async run(act: () => Promise<unknown>, failed: (failure: Failure) => unknown): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    try {
      await act();
      return true;
    } catch (thrown) {
      await failed(Failure.of(thrown));
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
