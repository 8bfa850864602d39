import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { ImportPreview, PlacedImport } from '$lib/api/views';

type ImportApi = Pick<Bound['Orders'], 'ChooseImport' | 'PlaceImport' | 'SaveImport'>;

/** Import places the orders of a file after a preview. */
export class Import {
  #api: ImportApi;
  #timezone: string;
  #preview = $state.raw<ImportPreview | null>(null);
  #placed = $state.raw<PlacedImport | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #busy = $state<'' | 'choosing' | 'placing'>('');

  constructor(api: ImportApi, timezone: string) {
    this.#api = api;
    this.#timezone = timezone;
  }

  /** The orders or errors of the file; null until a file is chosen. */
  get preview(): ImportPreview | null {
    return this.#preview;
  }

  get placed(): PlacedImport | null {
    return this.#placed;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  get busy(): '' | 'choosing' | 'placing' {
    return this.#busy;
  }

  /** Asks the seller for a file. If the seller cancels, the previous file stays. */
  choose(): Promise<void> {
    return this.#doing('choosing', async () => {
      const found = await this.#api.ChooseImport(this.#timezone);
      if (found.name !== '') this.#preview = found;
    });
  }

  place(): Promise<void> {
    return this.#doing('placing', async () => {
      if (this.#preview?.id) this.#placed = await this.#api.PlaceImport(this.#preview.id);
    });
  }

  /** Resolves to the path of the saved links; '' if they were not saved. */
  async save(): Promise<string> {
    let path = '';
    await this.#doing('choosing', async () => {
      path = await this.#api.SaveImport(this.#preview?.id ?? '');
    });
    return path;
  }

  /** The placed orders with their links, one per line. */
  get links(): string {
    return (this.#placed?.orders ?? []).map(({ title, url }) => `${title}\t${url}`).join('\n');
  }

  async #doing(what: 'choosing' | 'placing', act: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = what;
    this.#failure = null;
    try {
      await act();
    } catch (thrown) {
      this.#failure = Failure.of(thrown);
    } finally {
      this.#busy = '';
    }
  }
}
