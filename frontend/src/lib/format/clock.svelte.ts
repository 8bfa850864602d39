import { createSubscriber } from 'svelte/reactivity';
import { HOUR, SECOND } from './span';

/**
 * Clock is the time that screens show. It ticks only while something on screen
 * depends on it: every ten seconds, or every second for a time less than an hour
 * away. skew is how far the server's clock is ahead of this computer's.
 */
export class Clock {
  #skew = 0;
  #coarse = createSubscriber(every(10 * SECOND));
  #fine = createSubscriber(every(SECOND));

  /** The time in milliseconds. It updates every second if `to` is near. */
  at(to: number): number {
    const now = this.now;
    if (Math.abs(to - now) < HOUR + 10 * SECOND) this.#fine();
    else this.#coarse();
    return now;
  }

  /** The time, without updates. */
  get now(): number {
    return Date.now() + this.#skew;
  }

  /** Sets the clock to the server's time, which decides deadlines. */
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
