import { createSubscriber } from 'svelte/reactivity';
import { HOUR, SECOND } from './span';

/**
 * Clock is the time as screens see it. It ticks only while something on screen
 * depends on it: every ten seconds, and every second for what is under an hour
 * away. skew is how far the server's clock is ahead of this computer's.
 */
export class Clock {
  #skew = 0;
  #coarse = createSubscriber(every(10 * SECOND));
  #fine = createSubscriber(every(SECOND));

  /** The time, in milliseconds, as fine as the distance to `to` needs. */
  at(to: number): number {
    const now = this.now;
    if (Math.abs(to - now) < HOUR + 10 * SECOND) this.#fine();
    else this.#coarse();
    return now;
  }

  /** The time, without being told when it changes. */
  get now(): number {
    return Date.now() + this.#skew;
  }

  /** Takes the server's time, which decides. */
  follow(serverTime: string): void {
    const time = Date.parse(serverTime);
    if (!Number.isNaN(time)) this.#skew = time - Date.now();
  }
}

function every(ms: number) {
  return (update: () => void) => {
    const timer = setInterval(update, ms);
    return () => clearInterval(timer);
  };
}

export const clock = new Clock();
