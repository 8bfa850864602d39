import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { Attached, Delivery, Draft, DraftFile, OrderPage, Point, Refused } from '$lib/api/views';
import { moved, shownOrder } from '$lib/order/arrange';
import { changesSince, type Changes } from '$lib/order/changes';
import { Deliver } from './deliver/deliver.svelte';
import { Description } from './draft/description.svelte';
import { OrderFolder } from './draft/folder.svelte';
import { Talk } from './talk/talk.svelte';

type DeskApi = Pick<Bound, 'Orders' | 'Drafts' | 'Folder'>;

/** The last delivery, for the message about it. */
export interface Success {
  delivery: Delivery;
  reviewEndsAt: string;
}

/**
 * OrderDesk is the page of one order: the order, its draft, and the seller's
 * actions on the draft. A desk lives while its page is open.
 */
export class OrderDesk {
  readonly id: string;
  readonly description: Description;
  readonly deliver: Deliver;
  readonly talk: Talk;
  readonly folder: OrderFolder;
  #api: DeskApi;
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

  /** Whether the seller came to deliver. The draft is then open and has the focus. */
  delivering = $state(false);

  /** Called with the error of a failed action. */
  onfailure: (failure: Failure) => void = () => {};
  /** Called after a delivery. */
  onsuccess: (success: Success) => void = () => {};

  constructor(id: string, api: DeskApi) {
    this.id = id;
    this.#api = api;
    this.description = new Description((text) => this.#describe(text));
    this.deliver = new Deliver(api.Drafts, this);
    this.talk = new Talk(api.Orders, this);
    this.folder = new OrderFolder(id, api.Folder);
  }

  /** null until loaded. */
  get page(): OrderPage | null {
    return this.#page;
  }

  get draft(): Draft | null {
    return this.#draft;
  }

  /** The error of the last load. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** The files that were not added to the draft, until the seller dismisses them. */
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

  /** How the draft differs from the latest delivery; null before the first delivery. */
  get changes(): Changes | null {
    return this.#changes;
  }

  get hasDraft(): boolean {
    return this.#draft !== null && this.#draft.updatedAt !== '';
  }

  /** The buyer's points that no delivery has marked as done. */
  get openPoints(): readonly Point[] {
    return this.#page?.points.filter(({ doneIn }) => doneIn === 0) ?? [];
  }

  /** The buyer's comments that were sent by the completion of the order. */
  get closingPoints(): readonly Point[] {
    const at = this.#page?.order.completedAt;
    return this.#page?.points.filter(({ sentAt }) => at && sentAt === at) ?? [];
  }

  /** Whether files can be added to the draft now. */
  get accepts(): boolean {
    return (this.#page?.order.canDeliver ?? false) && !this.deliver.pending && this.#success === null;
  }

  /** Whether files are being uploaded. Files with a problem do not count. */
  get uploading(): boolean {
    return this.#draft?.files.some((file) => file.state !== 'verified' && file.state !== 'problem') ?? false;
  }

  /** Whether all files are uploaded and some are checked again before the delivery. */
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
      const page = await this.#api.Orders.Order(this.id);
      if (asked === this.#asked) this.#take(page);
    } catch (thrown) {
      if (asked === this.#asked && this.#page === null) this.#failure = Failure.of(thrown);
    }
  }

  takeDraft(draft: Draft): void {
    if (draft.order !== this.id) return;
    // Answers and events can arrive out of order; ignore older revisions.
    if (this.#draft && draft.revision < this.#draft.revision) return;
    this.#draft = draft;
    this.description.adopt(draft.description);
  }

  /** Applies the page that an action of the seller returned. */
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
    return this.#adding(() => this.#api.Drafts.Attach(this.id, paths));
  }

  /** Adds files that were left out of a folder, or refused because they look secret. */
  async takeLeftOut(path: string): Promise<void> {
    const others = this.#refused.filter((one) => one.path !== path);
    await this.#adding(() => this.#api.Drafts.TakeLeftOut(this.id, [path]));
    this.#refused = [...others, ...this.#refused];
  }

  chooseFiles(): Promise<void> {
    return this.#adding(() => this.#api.Drafts.ChooseFiles(this.id));
  }

  chooseFolder(): Promise<void> {
    return this.#adding(() => this.#api.Drafts.ChooseFolder(this.id));
  }

  /** Resolves to whether the link was added. */
  attachLink(url: string, label: string): Promise<boolean> {
    return this.#changing(() => this.#api.Drafts.AttachLink(this.id, url, label));
  }

  detachLink(url: string): Promise<boolean> {
    return this.#changing(() => this.#api.Drafts.DetachLink(this.id, url));
  }

  /** Removes a file or a folder from the draft. For a while restore can undo it. */
  detach(path: string): Promise<boolean> {
    return this.#changing(() => this.#api.Drafts.Detach(this.id, path));
  }

  restore(path: string): Promise<boolean> {
    return this.#changing(() => this.#api.Drafts.Restore(this.id, path));
  }

  /** Moves a file or a folder to a place among its siblings. */
  async move(key: string, to: number): Promise<boolean> {
    const draft = this.#draft;
    const paths = draft && moved(shownOrder(draft.files, draft.arranged), key, to);
    return paths !== null && this.#changing(() => this.#api.Drafts.Arrange(this.id, paths));
  }

  /** Restores the order by name. */
  sortByName(): Promise<boolean> {
    return this.#changing(() => this.#api.Drafts.Arrange(this.id, []));
  }

  /** Adds files of a delivery to the draft; without paths, all files that the draft lacks. */
  takeOver(delivery: number, paths: string[] = []): Promise<boolean> {
    return this.#changing(() => this.#api.Drafts.TakeOver(this.id, delivery, paths));
  }

  dismissNotice(): Promise<boolean> {
    return this.#changing(() => this.#api.Drafts.DismissNotice(this.id));
  }

  /** Resolves to the address of a small picture; '' for none. */
  async thumbnail(file: DraftFile): Promise<string> {
    const version = `${file.path} ${file.source} ${file.size} ${file.sha256}`;
    let found = this.#thumbnails.get(version);
    if (!found) {
      found = this.#api.Drafts.Thumbnail(this.id, file.path).catch(() => '');
      this.#thumbnails.set(version, found);
    }
    return found;
  }

  retry(path: string): Promise<boolean> {
    return this.#changing(() => this.#api.Drafts.Retry(this.id, path));
  }

  /** Marks a point of the buyer as done or not done. */
  tick(point: string, done: boolean): Promise<boolean> {
    return this.#changing(() => this.#api.Drafts.TickPoint(this.id, point, done));
  }

  /** Resolves to the address of the picture that the point is pinned to. */
  picture({ delivery, file }: Point): Promise<string> {
    return this.#api.Orders.Picture(this.id, delivery, file);
  }

  async discard(): Promise<boolean> {
    return this.#changing(async () => {
      const draft = await this.#api.Drafts.Discard(this.id);
      this.description.reset(draft.description);
      return draft;
    });
  }

  /** Resolves to the path of the delivery's saved receipt; '' if it was not saved. */
  async saveReceipt(delivery: number): Promise<string> {
    try {
      return await this.#api.Orders.SaveReceipt(this.id, delivery);
    } catch (thrown) {
      this.failed(Failure.of(thrown));
      return '';
    }
  }

  /** Marks the buyer's activity as seen; the messages only if they are shown. */
  async see(messages: boolean): Promise<void> {
    try {
      await this.#api.Orders.See(this.id, messages);
    } catch (thrown) {
      this.failed(Failure.of(thrown));
    }
  }

  async openReview(): Promise<void> {
    try {
      await this.#api.Orders.OpenReview(this.id);
    } catch (thrown) {
      this.failed(Failure.of(thrown));
    }
  }

  /** Dismisses the list of refused files. */
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
    // The buyer has answered, so the message about the last delivery goes away.
    if (page.order.status !== 'delivered') this.#success = null;
    this.takeDraft(page.draft);
  }

  async #describe(text: string): Promise<void> {
    try {
      this.takeDraft(await this.#api.Drafts.Describe(this.id, text));
    } catch (thrown) {
      const failure = Failure.of(thrown);
      // A text that is too long is not saved; its counter already shows that.
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
      await this.folder.load(); // attached folders may have left-out files
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
