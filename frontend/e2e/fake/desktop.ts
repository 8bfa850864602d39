import type { Asked } from '$lib/api/views.desktop';

/** Adds what the fake program does for the desktop around its window. Runs inside the page. */
export function installDesktop(): void {
  let startup = { available: true, on: false };
  let asked: Asked = { kind: '', order: '', unusable: false };
  window.fake.ask = (what) => {
    asked = what;
    window.fake.emit('asked');
  };
  window.fake.bind({
    TakeAsked: () => {
      const what = asked;
      asked = { kind: '', order: '', unusable: false };
      return what;
    },
    Startup: () => ({ ...startup }),
    SetStartup: (on: boolean) => {
      startup = { ...startup, on };
      return { ...startup };
    },
  });
}
