const SHORTEST = 500;
const LONGEST = 15_000;

/**
 * The wait after a number of failures in a row, in milliseconds: longer each
 * time, up to 15 s, and random, so that pages that lost the same server do not
 * return at the same moment.
 */
export function pause(failures: number): number {
  const most = Math.min(LONGEST, SHORTEST * 2 ** Math.min(failures, 5));
  return (most / 2) * (1 + Math.random());
}

/** Retry repeats a step until it succeeds. */
export class Retry {
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The step has failed: schedules the next attempt. */
  later(step: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(step, pause(this.#failures++));
  }

  /** The step has succeeded or is running: cancels the next attempt. */
  settled(): void {
    this.#failures = 0;
    this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
