import { Action } from '$lib/api/action.svelte';
import type { Bound } from '$lib/api/bound';
import type { Failure } from '$lib/api/failure';
import type { NewOrder, PlacedOrder } from '$lib/api/views';
import { dueFault, faultsOf, lineFault, localOf, momentOf, notesFault, type Faults } from './terms';

export type FieldName = 'title' | 'buyerName' | 'buyerEmail' | 'due' | 'price' | 'currency' | 'notes';

/** Place is the form for a new order. */
export class Place {
  #api: Pick<Bound['Orders'], 'Place'>;
  #now: () => number;
  #tried = $state(false);
  #action = new Action();
  #placed = $state.raw<PlacedOrder | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #sent = '';
  #key = '';

  title = $state('');
  buyerName = $state('');
  buyerEmail = $state('');
  language = $state<'en' | 'de'>('en');
  /** The local value of the date field: 2026-12-24T18:00. */
  due = $state('');
  price = $state('');
  currency = $state('EUR');
  notes = $state('');

  #faults = $derived.by(() => this.#check());

  constructor(api: Pick<Bound['Orders'], 'Place'>, language: 'en' | 'de', now: () => number = Date.now) {
    this.#api = api;
    this.#now = now;
    this.language = language;
    this.due = inAWeek(new Date(now()));
  }

  /** The errors of the fields, after the first attempt to send. */
  get faults(): Faults<FieldName> {
    return this.#tried ? this.#faults : {};
  }

  get busy(): boolean {
    return this.#action.busy;
  }

  /** The placed order. */
  get placed(): PlacedOrder | null {
    return this.#placed;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  /** Resolves to the first field with an error, or null. */
  async submit(): Promise<FieldName | null> {
    this.#tried = true;
    this.#failure = null;
    const [wrong] = Object.keys(this.#faults) as FieldName[];
    if (wrong) return wrong;
    const place = async () => (this.#placed = await this.#api.Place(this.#order()));
    await this.#action.run(place, (failure) => (this.#failure = failure));
    return null;
  }

  /** Equal input has the same key, so that a retry never places two orders. */
  #order(): NewOrder {
    const order = {
      title: this.title.trim(),
      buyerName: this.buyerName.trim(),
      buyerEmail: this.buyerEmail.trim(),
      language: this.language,
      dueAt: new Date(momentOf(this.due)).toISOString(),
      price: amount(this.price) ?? '',
      currency: this.price.trim() === '' ? '' : this.currency.trim().toUpperCase(),
      notes: this.notes.trim(),
    };
    const sent = JSON.stringify(order);
    if (sent !== this.#sent) {
      this.#sent = sent;
      this.#key = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
    }
    return { key: this.#key, ...order };
  }

  #check(): Faults<FieldName> {
    return faultsOf<FieldName>({
      title: lineFault(this.title),
      buyerName: lineFault(this.buyerName),
      buyerEmail: /^\S+@\S+$/.test(this.buyerEmail.trim()) ? '' : 'email',
      due: dueFault(this.due, this.#now()),
      price: amount(this.price) === null ? 'price' : '',
      currency: this.price.trim() === '' || /^[a-z]{3}$/i.test(this.currency.trim()) ? '' : 'currency',
      notes: notesFault(this.notes),
    });
  }
}

/** Converts a typed price (1200, 1200,5 or 1200.50) for the program; '' for none, null for an invalid price. */
export function amount(typed: string): string | null {
  const trimmed = typed.trim();
  if (trimmed === '') return '';
  const match = /^(\d{1,10})(?:[.,](\d{1,2}))?$/.exec(trimmed);
  return match ? `${match[1]}.${(match[2] ?? '').padEnd(2, '0')}` : null;
}

function inAWeek(now: Date): string {
  return localOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + 7, 18));
}
