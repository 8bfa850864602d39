import { Action } from '$lib/api/action.svelte';
import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { WorkFolder } from '$lib/api/views';

type FolderApi = Pick<
  Bound['Folder'],
  'Status' | 'Choose' | 'Enable' | 'Disable' | 'Skip' | 'Move' | 'CancelMove' | 'Open'
>;

/** Folder is the seller's work folder: its path, state and problems. */
export class Folder {
  #api: FolderApi;
  #state = $state.raw<WorkFolder | null>(null);
  #chosen = $state('');
  #wide = $state('');
  #action = new Action();
  #asked = 0;

  /** Called with the error of a failed action. */
  onfailure: (failure: Failure) => void = () => {};

  constructor(api: FolderApi) {
    this.#api = api;
  }

  /** null until loaded. */
  get state(): WorkFolder | null {
    return this.#state;
  }

  /** Its path; while it is off, the path that it would have. */
  get place(): string {
    return this.#chosen || (this.#state?.folder ?? '');
  }

  /** A chosen folder that holds more than work, until the seller confirms or cancels. */
  get wide(): string {
    return this.#wide;
  }

  get busy(): boolean {
    return this.#action.busy;
  }

  /** The progress of a move, from 0 to 1; null while no move runs. */
  get moved(): number | null {
    const move = this.#state?.move;
    if (!move || move.to === '') return null;
    return move.total > 0 ? move.done / move.total : 0;
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const state = await this.#api.Status();
      if (asked === this.#asked) this.#state = state;
    } catch {
      // Keep the shown state; the next event loads it again.
    }
  }

  /** Asks the seller for another folder, which is used when it is turned on. */
  async choose(): Promise<void> {
    await this.#doing(async () => {
      const chosen = await this.#api.Choose();
      if (chosen !== '') this.#chosen = chosen;
    });
  }

  /** Resolves to whether it is on now. */
  async enable(anyway = false): Promise<boolean> {
    this.#wide = '';
    return this.#doing(async () => {
      try {
        this.#take(await this.#api.Enable(this.#chosen, anyway));
        this.#chosen = '';
      } catch (thrown) {
        if (Failure.of(thrown).code !== 'folder_wide' || anyway) throw thrown;
        this.#wide = this.place;
        throw new Failure('cancelled', '');
      }
    });
  }

  /** The seller does not want the folder that holds more than work. */
  decline(): void {
    this.#wide = '';
  }

  disable(): Promise<boolean> {
    return this.#doing(async () => this.#take(await this.#api.Disable()));
  }

  skip(): Promise<boolean> {
    return this.#doing(async () => this.#take(await this.#api.Skip()));
  }

  /** Resolves to whether it was moved; false when the seller cancelled. */
  async move(): Promise<boolean> {
    const before = this.#state?.folder;
    const done = await this.#doing(async () => this.#take(await this.#api.Move()));
    if (!done) await this.load(); // the folder may have been moved with files left behind
    return done && this.#state?.folder !== before;
  }

  async stopMoving(): Promise<void> {
    try {
      this.#take(await this.#api.CancelMove());
    } catch (thrown) {
      this.onfailure(Failure.of(thrown));
    }
  }

  /** Opens an order's folder, or the work folder, in the file manager. */
  async open(order = ''): Promise<void> {
    try {
      await this.#api.Open(order);
    } catch (thrown) {
      this.onfailure(Failure.of(thrown));
    }
  }

  /** Clears the data of the account after a sign-out. */
  clear(): void {
    this.#asked++;
    this.#state = null;
    this.#chosen = '';
    this.#wide = '';
  }

  #take(state: WorkFolder): void {
    this.#asked++;
    this.#state = state;
  }

  #doing(act: () => Promise<void>): Promise<boolean> {
    return this.#action.run(act, (failure) => {
      if (failure.code !== 'cancelled') this.onfailure(failure);
    });
  }
}
