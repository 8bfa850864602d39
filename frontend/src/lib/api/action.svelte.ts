import { Failure } from './failure';

/** Action runs one request at a time, and tells whether one is under way. */
export class Action {
  #busy = $state(false);

  get busy(): boolean {
    return this.#busy;
  }

  /** Resolves to whether act succeeded. While another act runs, it does nothing and resolves to false. */
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
