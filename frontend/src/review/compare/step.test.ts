import { describe, expect, it } from 'vitest';
import { playTime } from './playtime';
import { Step, type Media } from './step.svelte';

class Fake implements Media {
  currentTime = 0;
  muted = false;
  readyState = 4;
  plays = false;
  refuses = false;
  constructor(public duration: number) {}
  get ended() {
    return this.currentTime >= this.duration;
  }
  play() {
    this.plays = !this.refuses;
    return this.refuses ? Promise.reject(new Error('NotAllowedError')) : Promise.resolve();
  }
  pause() {
    this.plays = false;
  }
}

function pair(before = 10, after = 12) {
  const [a, b] = [new Fake(before), new Fake(after)];
  const step = new Step(a, b);
  step.look();
  return { a, b, step };
}

describe('two videos', () => {
  it('play, pause and go to a place together', () => {
    const { a, b, step } = pair();
    step.toggle();
    expect([a.plays, b.plays, step.playing, step.length]).toEqual([true, true, true, 12]);
    step.seek(5);
    expect([a.currentTime, b.currentTime, step.time]).toEqual([5, 5, 5]);
    step.toggle();
    expect([a.plays, b.plays, step.playing]).toEqual([false, false, false]);
  });

  it('are brought together when one runs ahead', () => {
    const { a, b, step } = pair();
    step.toggle();
    [a.currentTime, b.currentTime] = [4.1, 4];
    step.look();
    expect(a.currentTime).toBe(4.1);
    a.currentTime = 4.4;
    step.look();
    expect([a.currentTime, b.currentTime, step.time]).toEqual([4, 4, 4]);
  });

  it('wait for each other', () => {
    const { a, b, step } = pair();
    step.toggle();
    a.readyState = 2;
    step.look();
    expect([a.plays, b.plays, step.playing]).toEqual([false, false, true]);
    a.readyState = 4;
    step.look();
    expect([a.plays, b.plays]).toEqual([true, true]);
  });

  it('go on when the shorter one has ended, and end with the longer one', () => {
    const { a, b, step } = pair();
    step.seek(11);
    expect([a.currentTime, b.currentTime]).toEqual([10, 11]);
    step.toggle();
    expect([a.plays, b.plays]).toEqual([false, true]);
    b.currentTime = 12;
    step.look();
    expect([b.plays, step.playing, step.time]).toEqual([false, false, 12]);
    step.toggle();
    expect([a.currentTime, b.currentTime, step.playing]).toEqual([0, 0, true]);
  });

  it('are heard one at a time', () => {
    const { a, b, step } = pair();
    expect([a.muted, b.muted, step.heard]).toEqual([true, false, 'after']);
    step.hear('before');
    expect([a.muted, b.muted]).toEqual([false, true]);
  });

  it('stop when the browser does not let them play', async () => {
    const { a, step } = pair();
    a.refuses = true;
    step.toggle();
    await Promise.resolve();
    await Promise.resolve();
    expect(step.playing).toBe(false);
  });

  it('of unknown length are at their beginning', () => {
    const { step } = pair(NaN, Infinity);
    step.seek(4);
    expect([step.length, step.time]).toEqual([0, 0]);
  });
});

it('a place in a film', () => {
  expect([0, 0.9, 65, 3_665, -1].map(playTime)).toEqual(['0:00', '0:00', '1:05', '1:01:05', '0:00']);
});
