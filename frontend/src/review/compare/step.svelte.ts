/** What is needed of a video or audio element. */
export interface Media {
  currentTime: number;
  muted: boolean;
  readonly duration: number;
  readonly ended: boolean;
  readonly readyState: number;
  play(): Promise<void>;
  pause(): void;
}

export type Side = 'before' | 'after';

/** From how many seconds on two that should be at one place are brought together. */
const APART = 0.15;
/** As in HTMLMediaElement: enough is there to go on. */
const HAVE_FUTURE_DATA = 3;

/** Step plays two media as if they were one. */
export class Step {
  #before: Media;
  #after: Media;
  #playing = $state(false);
  #time = $state(0);
  #length = $state(0);
  #heard = $state<Side>('after');

  constructor(before: Media, after: Media) {
    this.#before = before;
    this.#after = after;
    this.hear('after');
  }

  /** Whether they play, or would if enough of both were there. */
  get playing(): boolean {
    return this.#playing;
  }

  /** Where they are, in seconds. */
  get time(): number {
    return this.#time;
  }

  /** Of the longer one, in seconds; 0 while it is not known. */
  get length(): number {
    return this.#length;
  }

  get heard(): Side {
    return this.#heard;
  }

  /** Lets one of them be heard. */
  hear(side: Side): void {
    this.#heard = side;
    this.#before.muted = side !== 'before';
    this.#after.muted = side !== 'after';
  }

  toggle(): void {
    if (this.#playing) return this.#stop();
    if (this.#length > 0 && this.#time >= this.#length) this.seek(0);
    this.#playing = true;
    this.look();
  }

  /** Goes to a place; the shorter one stays at its end. */
  seek(seconds: number): void {
    const to = Math.max(0, Math.min(this.#length, seconds));
    for (const one of [this.#before, this.#after]) one.currentTime = Math.min(to, lengthOf(one));
    this.#time = to;
  }

  /** To be called when anything happens to either: it plays on, waits, brings them together. */
  look(): void {
    this.#length = Math.max(lengthOf(this.#before), lengthOf(this.#after));
    const [leader, other] =
      lengthOf(this.#before) > lengthOf(this.#after) ? [this.#before, this.#after] : [this.#after, this.#before];
    this.#time = leader.currentTime;
    if (!this.#playing) return;
    if (leader.ended) return this.#stop();
    if (other.currentTime < lengthOf(other) && Math.abs(other.currentTime - leader.currentTime) > APART)
      other.currentTime = Math.min(leader.currentTime, lengthOf(other));
    const running = [leader, other].filter((one) => !one.ended);
    const ready = running.every((one) => one.readyState >= HAVE_FUTURE_DATA);
    for (const one of running) {
      if (ready) one.play().catch(() => this.#refused(one));
      else one.pause();
    }
  }

  #stop(): void {
    this.#playing = false;
    this.#before.pause();
    this.#after.pause();
  }

  /** A play that a later pause, or its end, has overtaken is no refusal. */
  #refused(one: Media): void {
    if (this.#playing && !one.ended && one.readyState >= HAVE_FUTURE_DATA) this.#stop();
  }
}

function lengthOf({ duration }: Media): number {
  return Number.isFinite(duration) ? duration : 0;
}
