import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { State } from '$lib/api/views';

type SessionApi = Pick<Bound['App'], 'State' | 'TryOut' | 'SignIn' | 'SignOut' | 'DismissRecovery' | 'NoteTimeZone'>;

/** Session is the program's last state: the account, the server and the connection. */
export class Session {
  #api: SessionApi;
  #state = $state.raw<State | null>(null);
  #failure = $state.raw<Failure | null>(null);

  constructor(api: SessionApi) {
    this.#api = api;
  }

  /** null until the program's first answer. */
  get state(): State | null {
    return this.#state;
  }

  get signedIn(): boolean {
    return this.#state?.signedIn ?? false;
  }

  /** Whether the seller has not yet decided about a work folder. */
  get askFolder(): boolean {
    return this.#state?.askFolder ?? false;
  }

  get offline(): boolean {
    return this.#state !== null && this.#state.signedIn && !this.#state.online;
  }

  get maxFileSize(): number {
    return this.#state?.maxFileSize ?? 0;
  }

  /** The program's error; null for none. */
  get failure(): Failure | null {
    return this.#failure;
  }

  hear(state: State): void {
    const came = state.signedIn && state.online && !(this.#state?.signedIn && this.#state.online);
    this.#state = state;
    // E-mails give times in the seller's zone. Errors are ignored: the next start sends the zone again.
    if (came) void this.#api.NoteTimeZone(Intl.DateTimeFormat().resolvedOptions().timeZone).catch(() => {});
  }

  async start(): Promise<void> {
    this.#failure = null;
    try {
      this.hear(await this.#api.State());
    } catch (thrown) {
      this.#failure = Failure.of(thrown);
    }
  }

  async tryOut(): Promise<void> {
    this.#state = await this.#api.TryOut();
  }

  async signIn(server: string, email: string, password: string, insecure: boolean): Promise<void> {
    this.hear(await this.#api.SignIn(server, email, password, insecure));
  }

  async dismissRecovery(): Promise<void> {
    this.#state = await this.#api.DismissRecovery();
  }

  async signOut(): Promise<void> {
    this.#state = await this.#api.SignOut();
  }
}
