const KEY = 'handover.theme';

export const themes = ['system', 'light', 'dark'] as const;
export type ThemeName = (typeof themes)[number];

/** Theme is light or dark: the stored choice, or the system's theme. */
class Theme {
  #current = $state<ThemeName>(remembered());

  constructor() {
    this.#apply();
  }

  get current(): ThemeName {
    return this.#current;
  }

  choose(name: ThemeName): void {
    this.#current = name;
    this.#apply();
    try {
      localStorage.setItem(KEY, name);
    } catch {
      // The choice then lasts until the window closes.
    }
  }

  #apply(): void {
    if (this.#current === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.#current;
  }
}

function remembered(): ThemeName {
  try {
    const chosen = localStorage.getItem(KEY);
    return themes.find((name) => name === chosen) ?? 'system';
  } catch {
    return 'system';
  }
}

export const theme = new Theme();
