import type { Asked, News } from '$lib/api/views';

/** Adds the desktop methods to the fake program. Runs inside the page. */
export function installDesktop(): void {
  let startup = { available: true, on: false };
  let asked: Asked = { kind: '', order: '', unusable: false };
  let news: News[] = [
    { kind: 'accepted', on: true },
    { kind: 'changes', on: true },
    { kind: 'extended', on: true },
    { kind: 'message', on: true },
    { kind: 'completed', on: true },
    { kind: 'cancellation', on: true },
    { kind: 'due', on: true },
  ];
  window.fake.ask = (what) => {
    asked = what;
    window.fake.emit('asked');
  };
  window.fake.bind('App', {
    TakeAsked: () => {
      const what = asked;
      asked = { kind: '', order: '', unusable: false };
      return what;
    },
    News: () => [...news],
    SetNews: (kind: string, on: boolean) => {
      news = news.map((n) => (n.kind === kind ? { ...n, on } : n));
      return [...news];
    },
    Look: () => undefined,
    Speak: () => undefined,
    Quit: () => undefined,
    KeepOpen: () => undefined,
    Startup: () => ({ ...startup }),
    SetStartup: (on: boolean) => {
      startup = { ...startup, on };
      return { ...startup };
    },
  });
}
