import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { Attached, Delivery, Draft, DraftFile, OrderPage, Point, Refused } from '$lib/api/views';
import { moved, shownOrder } from '$lib/order/arrange';
import { changesSince, type Changes } from '$lib/order/changes';
import { Deliver } from './deliver/deliver.svelte';
import { Description } from './draft/description.svelte';
import { OrderFolder } from './draft/folder.svelte';
import { Talk } from './talk/talk.svelte';

/** What was just delivered, for saying so. */
export interface Success {
  delivery: Delivery;
  reviewEndsAt: string;
}

/**
 * OrderDesk is the page of one order: the order, its draft, and everything
 * the seller does to the draft. One desk lives as long as its page is open.
 */
export class OrderDesk {
  readonly id: string;
  readonly description: Description;
  readonly deliver: Deliver;
  readonly talk: Talk;
  readonly folder: OrderFolder;
  #api: Bound;
  #page = $state.raw<OrderPage | null>(null);
  #draft = $state.raw<Draft | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #refused = $state.raw<Refused[]>([]);
  #success = $state.raw<Success | null>(null);
  #choosing = $state(false);
  #changes = $derived.by(() => {
    const latest = this.#page?.deliveries[0];
    return latest && this.#draft ? changesSince(this.#draft.files, latest.files) : null;
  });
  #asked = 0;
  #thumbnails = new Map<string, Promise<string>>();

  /** Whether the seller came to deliver: the draft is then open, and has the focus. */
  delivering = $state(false);

  /** Told of everything that goes wrong with what the seller did. */
  onfailure: (failure: Failure) => void = () => {};
  /** Told of a delivery that was made. */
  onsuccess: (success: Success) => void = () => {};

  constructor(id: string, api: Bound) {
    this.id = id;
    this.#api = api;
    this.description = new Description((text) => this.#describe(text));
    this.deliver = new Deliver(api, this);
    this.talk = new Talk(api, this);
    this.folder = new OrderFolder(id, api);
  }

  /** null until it was loaded for the first time. */
  get page(): OrderPage | null {
    return this.#page;
  }

  get draft(): Draft | null {
    return this.#draft;
  }

  /** Why the page could not be loaded. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** What was not added to the draft, until the seller has seen it. */
  get refused(): readonly Refused[] {
    return this.#refused;
  }

  get success(): Success | null {
    return this.#success;
  }

  /** Whether files are being chosen or added. */
  get choosing(): boolean {
    return this.#choosing;
  }

  /** How the draft differs from the latest delivery; null before there is one. */
  get changes(): Changes | null {
    return this.#changes;
  }

  get hasDraft(): boolean {
    return this.#draft !== null && this.#draft.updatedAt !== '';
  }

  /** What the buyer asked for and no delivery has taken up yet. */
  get openPoints(): readonly Point[] {
    return this.#page?.points.filter(({ doneIn }) => doneIn === 0) ?? [];
  }

  /** What the buyer's side had not sent when the order completed: it came with that. */
  get closingPoints(): readonly Point[] {
    const at = this.#page?.order.completedAt;
    return this.#page?.points.filter(({ sentAt }) => at && sentAt === at) ?? [];
  }

  /** Whether something can be put into the draft now. */
  get accepts(): boolean {
    return (this.#page?.order.canDeliver ?? false) && !this.deliver.pending && this.#success === null;
  }

  /** Whether files are still on their way; those with a problem are not. */
  get uploading(): boolean {
    return this.#draft?.files.some((file) => file.state !== 'verified' && file.state !== 'problem') ?? false;
  }

  /** Whether all are uploaded, and some are read again before the delivery. */
  get checking(): boolean {
    const files = this.#draft?.files ?? [];
    return (
      files.some(({ state }) => state === 'checking') &&
      files.every(({ state }) => state === 'checking' || state === 'verified')
    );
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const page = await this.#api.Order(this.id);
      if (asked === this.#asked) this.#take(page);
    } catch (thrown) {
      if (asked === this.#asked && this.#page === null) this.#failure = Failure.of(thrown);
    }
  }

  takeDraft(draft: Draft): void {
    if (draft.order !== this.id) return;
    // Answers and events may overtake each other: what was read earlier is no news.
    if (this.#draft && draft.revision < this.#draft.revision) return;
    this.#draft = draft;
    this.description.adopt(draft.description);
  }

  /** Takes the page as it stands after something that the seller did. */
  take(page: OrderPage): void {
    this.#asked++;
    this.#take(page);
  }

  delivered(page: OrderPage): void {
    this.#asked++;
    this.#page = page;
    this.#draft = page.draft;
    this.description.reset(page.draft.description);
    const delivery = page.deliveries[0];
    if (!delivery || this.#success) return;
    this.#success = { delivery, reviewEndsAt: page.order.reviewEndsAt };
    this.onsuccess(this.#success);
  }

  failed(failure: Failure): void {
    this.onfailure(failure);
  }

  attach(paths: string[]): Promise<void> {
    return this.#adding(() => this.#api.Attach(this.id, paths));
  }

  /** Adds what was left out of a folder, or refused because it looks secret. */
  async takeLeftOut(path: string): Promise<void> {
    const others = this.#refused.filter((one) => one.path !== path);
    await this.#adding(() => this.#api.TakeLeftOut(this.id, [path]));
    this.#refused = [...others, ...this.#refused];
  }

  chooseFiles(): Promise<void> {
    return this.#adding(() => this.#api.ChooseFiles(this.id));
  }

  chooseFolder(): Promise<void> {
    return this.#adding(() => this.#api.ChooseFolder(this.id));
  }

  /** Resolves to whether it was added. */
  attachLink(url: string, label: string): Promise<boolean> {
    return this.#changing(() => this.#api.AttachLink(this.id, url, label));
  }

  detachLink(url: string): Promise<boolean> {
    return this.#changing(() => this.#api.DetachLink(this.id, url));
  }

  /** Takes a file or a folder out of the draft; restore takes that back for a while. */
  detach(path: string): Promise<boolean> {
    return this.#changing(() => this.#api.Detach(this.id, path));
  }

  restore(path: string): Promise<boolean> {
    return this.#changing(() => this.#api.Restore(this.id, path));
  }

  /** Moves a file or a folder to a place among its siblings. */
  async move(key: string, to: number): Promise<boolean> {
    const draft = this.#draft;
    const paths = draft && moved(shownOrder(draft.files, draft.arranged), key, to);
    return paths !== null && this.#changing(() => this.#api.Arrange(this.id, paths));
  }

  /** Goes back to the order of the names. */
  sortByName(): Promise<boolean> {
    return this.#changing(() => this.#api.Arrange(this.id, []));
  }

  /** Puts files of a delivery into the draft, all that it lacks without paths. */
  takeOver(delivery: number, paths: string[] = []): Promise<boolean> {
    return this.#changing(() => this.#api.TakeOver(this.id, delivery, paths));
  }

  dismissNotice(): Promise<boolean> {
    return this.#changing(() => this.#api.DismissNotice(this.id));
  }

  /** Resolves to the address of a small picture; '' when there is none. */
  async thumbnail(file: DraftFile): Promise<string> {
    const version = `${file.path} ${file.source} ${file.size} ${file.sha256}`;
    let found = this.#thumbnails.get(version);
    if (!found) {
      found = this.#api.Thumbnail(this.id, file.path).catch(() => '');
      this.#thumbnails.set(version, found);
    }
    return found;
  }

  retry(path: string): Promise<boolean> {
    return this.#changing(() => this.#api.Retry(this.id, path));
  }

  /** Notes that a point of the buyer is done, or not. */
  tick(point: string, done: boolean): Promise<boolean> {
    return this.#changing(() => this.#api.TickPoint(this.id, point, done));
  }

  /** Resolves to the picture that the point is pinned to, as an address. */
  picture({ delivery, file }: Point): Promise<string> {
    return this.#api.Picture(this.id, delivery, file);
  }

  async discard(): Promise<boolean> {
    return this.#changing(async () => {
      const draft = await this.#api.DiscardDraft(this.id);
      this.description.reset(draft.description);
      return draft;
    });
  }

  /** Resolves to where the delivery's receipt was saved, '' when it was not. */
  async saveReceipt(delivery: number): Promise<string> {
    try {
      return await this.#api.SaveReceipt(this.id, delivery);
    } catch (thrown) {
      this.failed(Failure.of(thrown));
      return '';
    }
  }

  /** Notes that the seller has seen what the buyer did, and the messages when they are shown. */
  async see(messages: boolean): Promise<void> {
    try {
      await this.#api.SeeOrder(this.id, messages);
    } catch (thrown) {
      this.failed(Failure.of(thrown));
    }
  }

  async openReview(): Promise<void> {
    try {
      await this.#api.OpenReview(this.id);
    } catch (thrown) {
      this.failed(Failure.of(thrown));
    }
  }

  /** The seller has seen what was refused. */
  settle(refused: Refused): void {
    this.#refused = this.#refused.filter((one) => one !== refused);
  }

  settleAll(): void {
    this.#refused = [];
  }

  #take(page: OrderPage): void {
    const more = this.#page !== null && page.deliveries.length > this.#page.deliveries.length;
    if (more && this.#draft?.delivering) {
      this.delivered(page);
      return;
    }
    this.#page = page;
    this.#failure = null;
    // The buyer has answered: what was just delivered is no longer the news.
    if (page.order.status !== 'delivered') this.#success = null;
    this.takeDraft(page.draft);
  }

  async #describe(text: string): Promise<void> {
    try {
      this.takeDraft(await this.#api.Describe(this.id, text));
    } catch (thrown) {
      const failure = Failure.of(thrown);
      // Text that is too long is not saved; its counter says so already.
      if (failure.code !== 'invalid') this.failed(failure);
      throw failure;
    }
  }

  async #adding(add: () => Promise<Attached>): Promise<void> {
    if (this.#choosing) return;
    this.#choosing = true;
    try {
      const { draft, refused } = await add();
      this.takeDraft(draft);
      this.#refused = refused;
      await this.folder.load(); // what was attached may leave something out
    } catch (thrown) {
      this.failed(Failure.of(thrown));
    } finally {
      this.#choosing = false;
    }
  }

  async #changing(change: () => Promise<Draft>): Promise<boolean> {
    try {
      this.takeDraft(await change());
      return true;
    } catch (thrown) {
      this.failed(Failure.of(thrown));
      return false;
    }
  }
}
