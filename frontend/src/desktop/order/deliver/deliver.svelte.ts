import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { Draft, Finding, LeftOut, LeftOutReason, OrderFolder, OrderPage } from '$lib/api/views';
import { length } from '$lib/format/text';

export const MAX_DESCRIPTION = 2_500;

export type Phase = 'idle' | 'checking' | 'confirm_no_files' | 'confirm_findings' | 'delivering' | 'cancelling';
export type DescriptionFault = 'missing' | 'too_long';

export type DeliverApi = Pick<Bound['Drafts'], 'Preflight' | 'Deliver' | 'CancelDeliver'>;

/** The parts of the order's page that Deliver uses. */
export interface Desk {
  readonly id: string;
  readonly draft: Draft | null;
  readonly description: { readonly text: string; flush(): Promise<boolean> };
  readonly folder: { readonly view: OrderFolder | null };
  takeLeftOut(source: string): Promise<void>;
  takeDraft(draft: Draft): void;
  delivered(page: OrderPage): void;
  failed(failure: Failure): void;
}

/** Unusual reasons: the finished version of a file may be missing. */
const UNEXPECTED: readonly LeftOutReason[] = ['conflict', 'download'];
const unexpected = ({ reason }: LeftOut) => UNEXPECTED.includes(reason);

/**
 * Deliver handles "Deliver work" up to the delivery. It requires a description.
 * It asks the seller to confirm unfinished files, files that are unexpectedly
 * left out, and a delivery without files. The seller can cancel the wait for
 * uploads.
 */
export class Deliver {
  #api: DeliverApi;
  #desk: Desk;
  #phase = $state<Phase>('idle');
  #findings = $state.raw<Finding[]>([]);
  #fault = $state<DescriptionFault | null>(null);
  #including = $state(false);

  constructor(api: DeliverApi, desk: Desk) {
    this.#api = api;
    this.#desk = desk;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** The listed files that are left out of the delivery, unexpected ones first. */
  get leftOut(): readonly LeftOut[] {
    const all = this.#desk.folder.view?.leftOut ?? [];
    return [...all.filter(unexpected), ...all.filter((one) => !unexpected(one))];
  }

  /** Whether a left-out file is being added. */
  get including(): boolean {
    return this.#including;
  }

  /** The error in the description; '' once it is corrected. */
  get fault(): DescriptionFault | null {
    return this.#fault !== null && faultOf(this.#desk.description.text) !== null ? this.#fault : null;
  }

  /** Whether a delivery is pending, even one that started before this page was loaded. */
  get pending(): boolean {
    return this.#phase === 'delivering' || this.#phase === 'cancelling' || (this.#desk.draft?.delivering ?? false);
  }

  /** Starts the delivery. Resolves to false if the description is not valid. */
  async press(): Promise<boolean> {
    if (this.#phase !== 'idle' || this.pending) return true;
    this.#fault = faultOf(this.#desk.description.text);
    if (this.#fault) return false;
    this.#phase = 'checking';
    await this.#trying(async () => {
      if (!(await this.#desk.description.flush())) return this.#rest();
      if (this.#empty) this.#phase = 'confirm_no_files';
      else await this.#check();
    });
    return true;
  }

  /** Answers the open question with yes. */
  async confirm(): Promise<void> {
    if (this.#including) return;
    if (this.#phase === 'confirm_no_files') await this.#trying(() => this.#submit(true));
    else if (this.#phase === 'confirm_findings') await this.#trying(() => this.#submit(false));
  }

  /** Answers the open question with no. */
  dismiss(): void {
    if (this.#asking) this.#rest();
  }

  /** Adds a left-out file and checks again. If no question remains, it closes the dialog without delivering. */
  async include(source: string): Promise<void> {
    if (this.#including) return;
    this.#including = true;
    try {
      await this.#desk.takeLeftOut(source);
      if (this.#asking && !this.#empty) await this.#trying(() => this.#checkAgain());
    } finally {
      this.#including = false;
    }
  }

  /** Cancels the wait. Resolves to whether the delivery was prevented. */
  async cancel(): Promise<boolean> {
    if (!this.pending || this.#phase === 'cancelling') return false;
    this.#phase = 'cancelling';
    try {
      this.#desk.takeDraft(await this.#api.CancelDeliver(this.#desk.id));
      return true;
    } catch (thrown) {
      this.#desk.failed(Failure.of(thrown));
      return false;
    } finally {
      this.#rest();
    }
  }

  async #check(): Promise<void> {
    this.#findings = await this.#api.Preflight(this.#desk.id);
    if (this.#doubtful) this.#phase = 'confirm_findings';
    else await this.#submit(false);
  }

  async #checkAgain(): Promise<void> {
    const findings = await this.#api.Preflight(this.#desk.id);
    if (!this.#asking) return; // the seller went back
    this.#findings = findings;
    this.#phase = this.#doubtful ? 'confirm_findings' : 'idle';
  }

  async #submit(confirmNoFiles: boolean): Promise<void> {
    this.#phase = 'delivering';
    const page = await this.#api.Deliver(this.#desk.id, confirmNoFiles);
    this.#rest();
    this.#desk.delivered(page);
  }

  async #trying(step: () => Promise<void> | void): Promise<void> {
    try {
      await step();
    } catch (thrown) {
      const failure = Failure.of(thrown);
      const given = this.#phase === 'cancelling' || (this.#phase === 'idle' && failure.code === 'cancelled');
      if (given) return; // the seller cancelled and knows it
      if (failure.code === 'no_files') {
        this.#phase = 'confirm_no_files';
        return;
      }
      this.#rest();
      this.#desk.failed(failure);
    }
  }

  get #asking(): boolean {
    return this.#phase.startsWith('confirm_');
  }

  get #doubtful(): boolean {
    return this.#findings.length > 0 || this.leftOut.some(unexpected);
  }

  get #empty(): boolean {
    const draft = this.#desk.draft;
    return draft === null || (draft.files.length === 0 && draft.links.length === 0);
  }

  #rest(): void {
    this.#phase = 'idle';
  }
}

function faultOf(description: string): DescriptionFault | null {
  if (description.trim() === '') return 'missing';
  return length(description) > MAX_DESCRIPTION ? 'too_long' : null;
}
