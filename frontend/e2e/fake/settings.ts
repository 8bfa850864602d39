import type { IgnoreRules, WorkFolder } from '$lib/api/views';

/**
 * Adds the work folder, the account and other settings to the fake program. It
 * runs inside the page, after installFake, and must not use anything from
 * outside.
 */
export function installSettings(): void {
  const { scenario, emit } = window.fake;
  const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const fail = (code: string) => Promise.reject(new Error(JSON.stringify({ code, message: `fake: ${code}` })));
  const nowhere = { to: '', done: 0, total: 0 };
  let stop: () => void = () => {};

  const folder = (): WorkFolder =>
    (scenario.folder ??= {
      folder: '/home/mara/Documents/Handover',
      enabled: false,
      watched: false,
      there: false,
      asked: true,
      scanned: false,
      move: nowhere,
      problems: [],
    });

  function set(change: Partial<WorkFolder>): WorkFolder {
    scenario.folder = { ...folder(), ...change };
    scenario.state = { ...scenario.state, askFolder: scenario.state.askFolder && !scenario.folder.asked };
    emit('folder', '');
    return copy(scenario.folder);
  }

  async function move(): Promise<WorkFolder | undefined> {
    const to = scenario.pointed ?? '';
    if (to === '') return copy(folder());
    set({ move: { to, done: 1_200_000_000, total: 5_000_000_000 } });
    const stopped = await new Promise<boolean>((resolve) => {
      stop = () => resolve(true);
      if (!scenario.slowMove) setTimeout(() => resolve(false), 200);
    });
    if (!stopped) return set({ folder: to, move: nowhere });
    set({ move: nowhere });
    return fail('cancelled');
  }

  function rules(text: string): IgnoreRules {
    const faults = text
      .split('\n')
      .map((line, n) => ({ line: n + 1, text: line }))
      .filter(({ text }) => text.includes('[') && !text.includes(']'));
    return {
      text,
      faults,
      builtIns: [
        { reason: 'unfinished', patterns: ['drafts/', 'entwürfe/', 'samples/', 'wip/'] },
        { reason: 'temporary', patterns: ['*.crdownload', '*.part', '*.tmp', '~$*'] },
        { reason: 'system', patterns: ['.DS_Store', 'thumbs.db'] },
        { reason: 'hidden', patterns: ['.*'] },
      ],
    };
  }
  let language: 'en' | 'de' = 'en';
  const account = () => ({ name: scenario.state.name, email: scenario.state.email, language });

  window.fake.bind('Folder', {
    Status: () => copy(folder()),
    Choose: () => scenario.pointed ?? '',
    Enable: (dir: string, anyway: boolean) => {
      const at = dir || folder().folder;
      if (at === '/home/mara' && !anyway) return fail('folder_wide');
      return set({ folder: at, enabled: true, watched: true, there: true, asked: true });
    },
    Disable: () => set({ enabled: false, watched: false, problems: [] }),
    Skip: () => set({ asked: true }),
    Move: move,
    CancelMove: () => {
      stop();
      return set({ move: nowhere });
    },
    Open: () => undefined,
    OfOrder: (id: string) => copy(scenario.orderFolders?.[id] ?? { dir: '', leftOut: [], more: 0 }),
    Rules: () => rules(scenario.rules ?? ''),
    SaveRules: (before: string, text: string) => {
      if (before !== (scenario.rules ?? '')) return fail('conflict');
      const saved = rules(text);
      if (saved.faults.length === 0) scenario.rules = text;
      return saved;
    },
  });
  window.fake.bind('App', {
    Account: account,
    ChangeLanguage: (chosen: 'en' | 'de') => {
      language = chosen;
      return account();
    },
    NoteTimeZone: () => undefined,
    ChangePassword: (current: string) => (current === 'wrong' ? fail('wrong_password') : undefined),
    About: () => ({
      version: scenario.state.version,
      serverVersion: scenario.state.online ? '0.1.0' : '',
      logs: '/home/mara/.local/share/handover/logs',
    }),
    OpenLogs: () => undefined,
  });
}
