import { Action } from '$lib/api/action.svelte';
import type { Bound } from '$lib/api/bound';
import type { Failure } from '$lib/api/failure';

const SHORTEST = 8;

export type PasswordFault = '' | 'missing' | 'short' | 'different' | 'wrong';

/** Password is the form that changes the seller's password. */
export class Password {
  #api: Pick<Bound['App'], 'ChangePassword'>;
  #tried = $state(false);
  #wrong = $state(false);
  #action = new Action();

  current = $state('');
  next = $state('');
  again = $state('');

  /** Called with an error that belongs to no field. */
  onfailure: (failure: Failure) => void = () => {};

  constructor(api: Pick<Bound['App'], 'ChangePassword'>) {
    this.#api = api;
  }

  get busy(): boolean {
    return this.#action.busy;
  }

  get currentFault(): PasswordFault {
    if (this.#wrong) return 'wrong';
    return this.#tried && this.current === '' ? 'missing' : '';
  }

  get nextFault(): PasswordFault {
    return this.#tried && this.next.length < SHORTEST ? 'short' : '';
  }

  get againFault(): PasswordFault {
    return this.#tried && this.again !== this.next ? 'different' : '';
  }

  /** Resolves to whether the password was changed. The fields are then cleared. */
  async change(): Promise<boolean> {
    this.#tried = true;
    this.#wrong = false;
    if (this.currentFault || this.nextFault || this.againFault) return false;
    const step = async () => {
      await this.#api.ChangePassword(this.current, this.next);
      this.current = this.next = this.again = '';
      this.#tried = false;
    };
    return this.#action.run(step, (failure) => {
      if (failure.code === 'wrong_password') this.#wrong = true;
      else this.onfailure(failure);
    });
  }
}
