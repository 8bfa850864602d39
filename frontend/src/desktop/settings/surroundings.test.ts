import { describe, expect, it } from 'vitest';
import type { Failure } from '$lib/api/failure';
import type { News, Startup } from '$lib/api/views';
import { Surroundings } from './surroundings.svelte';

function program() {
  const state = {
    refuse: false,
    news: [{ kind: 'due', on: true }] as News[],
    startup: { available: true, on: false } as Startup,
  };
  const answer = <T>(value: T): Promise<T> =>
    state.refuse ? Promise.reject(new Error('{"code":"disk_full_here","message":""}')) : Promise.resolve(value);
  const surroundings = new Surroundings({
    News: () => answer(state.news),
    SetNews: (kind, on) => answer([{ kind, on }]),
    Startup: () => answer(state.startup),
    SetStartup: (on) => answer({ available: true, on }),
  });
  const failures: Failure[] = [];
  surroundings.onfailure = (failure) => failures.push(failure);
  return { state, surroundings, failures };
}

describe('Surroundings', () => {
  it('shows what the program says, not what was asked for', async () => {
    const { surroundings } = program();
    expect(surroundings.news).toBeNull();
    await surroundings.load();
    expect(surroundings.news).toEqual([{ kind: 'due', on: true }]);
    expect(surroundings.startup).toEqual({ available: true, on: false });
    await surroundings.setNews('due', false);
    await surroundings.setStartup(true);
    expect(surroundings.news).toEqual([{ kind: 'due', on: false }]);
    expect(surroundings.startup).toEqual({ available: true, on: true });
  });

  it('tells of a failure, and keeps what holds', async () => {
    const { state, surroundings, failures } = program();
    await surroundings.load();
    state.refuse = true;
    await surroundings.setNews('due', false);
    await surroundings.setStartup(true);
    expect(failures.map((f) => f.code)).toEqual(['disk_full_here', 'disk_full_here']);
    expect(surroundings.news).toEqual([{ kind: 'due', on: true }]);
    expect(surroundings.startup).toEqual({ available: true, on: false });
  });
});
