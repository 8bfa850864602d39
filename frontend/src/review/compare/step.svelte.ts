/** The parts of a video or audio element that Step uses. */
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

/** Two media that differ by more than this many seconds are aligned. */
const APART = 0.15;
/** As in HTMLMediaElement: enough data to play on. */
const HAVE_FUTURE_DATA = 3;

/** Step plays two media in sync. */
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

  /** Whether they play, or will play once enough data has arrived. */
  get playing(): boolean {
    return this.#playing;
  }

  /** The current time, in seconds. */
  get time(): number {
    return this.#time;
  }

  /** The duration of the longer one, in seconds; 0 while unknown. */
  get length(): number {
    return this.#length;
  }

  get heard(): Side {
    return this.#heard;
  }

  /** Selects the audible one. */
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

  /** Seeks to a time; the shorter one stops at its end. */
  seek(seconds: number): void {
    const to = Math.max(0, Math.min(this.#length, seconds));
    for (const one of [this.#before, this.#after]) one.currentTime = Math.min(to, lengthOf(one));
    this.#time = to;
  }

  /** Call it on every event of either medium: it resumes, waits, or aligns them. */
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

  /** Ignore a play that a later pause or the end interrupted. */
  #refused(one: Media): void {
    if (this.#playing && !one.ended && one.readyState >= HAVE_FUTURE_DATA) this.#stop();
  }
}

function lengthOf({ duration }: Media): number {
  return Number.isFinite(duration) ? duration : 0;
}
