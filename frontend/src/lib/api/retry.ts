const SHORTEST = 500;
const LONGEST = 15_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: longer each
 * time, up to 15 s, and not the same for all pages that lost one server at the
 * same moment.
 */
export function pause(failures: number): number {
  const most = Math.min(LONGEST, SHORTEST * 2 ** Math.min(failures, 5));
  return (most / 2) * (1 + Math.random());
}

/** Retry does a step again for as long as it fails. */
export class Retry {
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The step has failed: it is done again after a while. */
  later(step: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(step, pause(this.#failures++));
  }

  /** The step has succeeded, or is being done. */
  settled(): void {
    this.#failures = 0;
    this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
