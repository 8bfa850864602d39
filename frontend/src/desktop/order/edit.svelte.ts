import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { Editable, OrderEdit, OrderPage } from '$lib/api/views';
import { dueFault, faultsOf, lineFault, localOf, momentOf, notesFault, type Faults } from '../orders/terms';

export type EditField = 'title' | 'due' | 'notes';
/** The parts of an order that may change while the form is open. */
export type Aspect = EditField | 'status' | 'other';

/** Edit is the form that changes an order. */
export class Edit {
  #api: Pick<Bound['Orders'], 'Change' | 'Order'>;
  #now: () => number;
  #seen = $state.raw<OrderPage>()!;
  #meanwhile = $state.raw<{ aspects: Aspect[]; before: OrderPage } | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #tried = $state(false);
  #busy = $state(false);

  title = $state('');
  /** The local value of the date field. */
  due = $state('');
  notes = $state('');

  #faults = $derived.by(() => this.#check());

  constructor(api: Pick<Bound['Orders'], 'Change' | 'Order'>, page: OrderPage, now: () => number = Date.now) {
    this.#api = api;
    this.#now = now;
    this.#seen = page;
    this.title = page.order.title;
    this.due = dueOf(page);
    this.notes = page.notes;
  }

  /** The order that the form last loaded. */
  get seen(): OrderPage {
    return this.#seen;
  }

  /** The earlier values of parts that others have changed since the form was opened. */
  get meanwhile(): { aspects: readonly Aspect[]; before: OrderPage } | null {
    return this.#meanwhile;
  }

  /** Whether the order can still be edited. */
  get open(): boolean {
    return this.#seen.allowed.includes('change_order');
  }

  /** The errors of the fields, after the first attempt to save. */
  get faults(): Faults<EditField> {
    return this.#tried ? this.#faults : {};
  }

  get busy(): boolean {
    return this.#busy;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  /** Resolves to the saved order, to a field with an error, or to null. */
  async save(): Promise<OrderPage | EditField | null> {
    this.#tried = true;
    this.#failure = null;
    const [wrong] = Object.keys(this.#faults) as EditField[];
    if (wrong || this.#busy) return wrong ?? null;
    const changed = this.#changed();
    if (changed.length === 0) return this.#seen;
    this.#busy = true;
    try {
      return await this.#api.Change(this.#seen.order.id, this.#edit(changed));
    } catch (thrown) {
      await this.#refused(Failure.of(thrown));
      return null;
    } finally {
      this.#busy = false;
    }
  }

  #edit(changed: Editable[]): OrderEdit {
    const at = momentOf(this.due);
    const dueAt = Number.isNaN(at) ? '' : new Date(at).toISOString();
    return { version: this.#seen.version, changed, title: this.title.trim(), dueAt, notes: this.notes.trim() };
  }

  #changed(): Editable[] {
    const { order, notes } = this.#seen;
    return [
      ...(this.title.trim() === order.title ? [] : (['title'] as const)),
      ...(this.due === dueOf(this.#seen) ? [] : (['due_at'] as const)),
      ...(this.notes.trim() === notes ? [] : (['notes'] as const)),
    ];
  }

  /** Another device changed the order first: loads the changes and keeps the input. */
  async #refused(failure: Failure): Promise<void> {
    if (failure.code !== 'stale_version') {
      this.#failure = failure;
      return;
    }
    try {
      this.#adopt(await this.#api.Order(this.#seen.order.id));
    } catch (thrown) {
      this.#failure = Failure.of(thrown);
    }
  }

  #adopt(page: OrderPage): void {
    const before = this.#seen;
    const touched = this.#changed();
    this.#seen = page;
    this.#meanwhile = { aspects: differences(before, page), before };
    if (!touched.includes('title')) this.title = page.order.title;
    if (!touched.includes('due_at')) this.due = dueOf(page);
    if (!touched.includes('notes')) this.notes = page.notes;
  }

  #check(): Faults<EditField> {
    return faultsOf<EditField>({
      title: lineFault(this.title),
      // An unchanged date may be in the past.
      due: this.due === dueOf(this.#seen) ? '' : dueFault(this.due, this.#now()),
      notes: notesFault(this.notes),
    });
  }
}

function dueOf(page: OrderPage): string {
  return localOf(new Date(page.order.dueAt));
}

function differences(before: OrderPage, after: OrderPage): Aspect[] {
  const aspects: Aspect[] = [];
  if (before.order.title !== after.order.title) aspects.push('title');
  if (before.order.dueAt !== after.order.dueAt) aspects.push('due');
  if (before.notes !== after.notes) aspects.push('notes');
  if (before.order.status !== after.order.status) aspects.push('status');
  return aspects.length > 0 ? aspects : ['other'];
}
