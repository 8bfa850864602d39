import { Action } from '$lib/api/action.svelte';
import { Failure } from '$lib/api/failure';
import { Retry } from '$lib/api/retry';
import type { Anchor, Comment, NewComment, SharedFile } from '$lib/api/review';
import { length } from '$lib/format/text';
import type { DraftStorage } from '../base/draftStorage';

export const MAX_COMMENT = 2_000;

export interface CommentsApi {
  comments(): Promise<Comment[]>;
  putComment(id: string, comment: NewComment): Promise<Comment>;
  deleteComment(id: string): Promise<void>;
}

/** A new comment, or one that is being edited. */
export interface Writing {
  id: string;
  anchor: Anchor;
  text: string;
  fresh: boolean;
}

/** The file of a delivery to show. */
export interface Looking {
  delivery: number;
  file: string;
}

/** Comments holds the comments of the buyer's side on one order, and the one that is being written. */
export class Comments {
  #api: CommentsApi;
  #storage: DraftStorage;
  #list = $state.raw<readonly Comment[]>([]);
  #writing = $state.raw<Writing | null>(null);
  #action = new Action();
  #refusal = $state<'' | 'missing' | 'too_long' | 'closed' | 'failed'>('');
  #current = $state('');
  #looking = $state.raw<Looking | null>(null);
  #asked = 0;
  #retry = new Retry();
  #drafts = $derived(this.#list.filter(({ sent_at }) => sent_at === null));

  /** When the order was completed; '' before that. */
  completed = $state('');
  /** Whether a viewer writes here, who may not delete the drafts of others. */
  viewing = $state(false);

  constructor(api: CommentsApi, storage: DraftStorage) {
    this.#api = api;
    this.#storage = storage;
    this.#writing = restored(storage.get());
  }

  /** All comments, by number. */
  get list(): readonly Comment[] {
    return this.#list;
  }

  /** The unsent comments. */
  get drafts(): readonly Comment[] {
    return this.#drafts;
  }

  /** Whether the order's completion sent the comment. */
  closing({ sent_at }: Comment): boolean {
    return sent_at !== null && sent_at === this.completed;
  }

  get writing(): Writing | null {
    return this.#writing;
  }

  get busy(): boolean {
    return this.#action.busy;
  }

  /** The error of the last save. */
  get refusal(): '' | 'missing' | 'too_long' | 'closed' | 'failed' {
    return this.#refusal;
  }

  /** The id of the comment that was pressed last. */
  get current(): string {
    return this.#current;
  }

  /** The file to show, until it is shown. */
  get looking(): Looking | null {
    return this.#looking;
  }

  of(delivery: number, file?: string): Comment[] {
    return this.#list.filter((one) => one.delivery === delivery && (file === undefined || one.file === file));
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    this.#retry.stop();
    try {
      const list = await this.#api.comments();
      if (asked !== this.#asked) return;
      this.#list = list;
      this.#retry.settled();
    } catch (thrown) {
      if (asked === this.#asked && Failure.of(thrown).code !== 'gone') this.#retry.later(() => void this.load());
    }
  }

  /** Starts a comment at a place, or moves the one that is being written there. */
  begin(anchor: Anchor): void {
    const { id, text, fresh } = this.#writing ?? { id: newId(), text: '', fresh: true };
    this.#write({ id, anchor, text, fresh });
  }

  edit({ id, text, delivery, file, point, seconds, page, line }: Comment): void {
    this.#current = id;
    this.#write({ id, text, anchor: clean({ delivery, file, point, seconds, page, line }), fresh: false });
  }

  /** Sets the text of the comment that is being written. */
  say(text: string): void {
    if (this.#writing) this.#write({ ...this.#writing, text });
  }

  move(point: { x: number; y: number }): void {
    if (this.#writing) this.#write({ ...this.#writing, anchor: { ...this.#writing.anchor, point } });
  }

  /** Discards the comment that is being written. */
  cancel(): void {
    this.#refusal = '';
    this.#writing = null;
    this.#storage.set('');
  }

  /** Saves the comment. Resolves to whether the server accepted it. */
  async save(): Promise<boolean> {
    const writing = this.#writing;
    if (!writing || this.#action.busy) return false;
    const text = writing.text.trim();
    this.#refusal = text === '' ? 'missing' : length(text) > MAX_COMMENT ? 'too_long' : '';
    if (this.#refusal !== '') return false;
    return this.#trying(async () => {
      const saved = await this.#api.putComment(writing.id, { ...writing.anchor, text });
      this.#asked++;
      this.#list = [...this.#list.filter(({ id }) => id !== saved.id), saved].sort((a, b) => a.number - b.number);
      this.#current = saved.id;
      this.cancel();
    });
  }

  remove(id: string): Promise<boolean> {
    return this.#trying(async () => {
      await this.#api.deleteComment(id);
      if (this.#writing?.id === id) this.cancel();
      await this.load();
    });
  }

  /** Shows the place of the comment. */
  show(comment: Pick<Comment, 'id' | 'delivery' | 'file'>): void {
    this.#current = comment.id;
    if (comment.file) this.#looking = { delivery: comment.delivery, file: comment.file };
  }

  /** The preview was closed. */
  rest(): void {
    this.#current = '';
  }

  /** Returns the requested file if it is one of these, and clears the request. */
  found(delivery: number, files: readonly SharedFile[]): SharedFile | undefined {
    const looking = this.#looking;
    const file = looking?.delivery === delivery ? files.find(({ id }) => id === looking.file) : undefined;
    if (file) this.#looking = null;
    return file;
  }

  #trying(act: () => Promise<void>): Promise<boolean> {
    const step = () => {
      this.#refusal = '';
      return act();
    };
    return this.#action.run(step, async ({ code }) => {
      this.#refusal = code === 'conflict' ? 'closed' : 'failed';
      if (this.#refusal === 'closed') await this.load();
    });
  }

  #write(writing: Writing): void {
    this.#writing = writing;
    this.#refusal = '';
    this.#storage.set(writing.text === '' ? '' : JSON.stringify(writing));
  }
}

/** The anchor without empty fields. */
function clean(anchor: Anchor): Anchor {
  return JSON.parse(JSON.stringify(anchor)) as Anchor;
}

function restored(text: string): Writing | null {
  try {
    const { id, anchor, text: said, fresh } = JSON.parse(text) as Writing;
    const whole = typeof id === 'string' && typeof anchor?.delivery === 'number' && typeof said === 'string';
    return whole ? { id, anchor, text: said, fresh: fresh !== false } : null;
  } catch {
    return null;
  }
}

function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(36).padStart(2, '0')).join('');
}
