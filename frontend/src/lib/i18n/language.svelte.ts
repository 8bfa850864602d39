import { isLocale, overwriteGetLocale, type Locale } from '$lib/paraglide/runtime';

const KEY = 'handover.language';

/**
 * Language is the language of the screen: the chosen one, which is stored, or
 * the first of the system's languages that Handover knows. Messages and formats
 * in templates change with it at once.
 */
class Language {
  #chosen = $state<Locale | undefined>(remembered());
  #current = $derived<Locale>(this.#chosen ?? systems());

  get current(): Locale {
    return this.#current;
  }

  /** The choice: a language, or the system's. */
  get choice(): Locale | 'system' {
    return this.#chosen ?? 'system';
  }

  /** The language with the system's region, for dates and numbers: de-AT, en-US. */
  get tag(): string {
    const fallback = this.#current === 'de' ? 'de-DE' : 'en-GB';
    return preferred().find((tag) => base(tag) === this.#current && tag.includes('-')) ?? fallback;
  }

  choose(choice: Locale | 'system'): void {
    this.#chosen = choice === 'system' ? undefined : choice;
    try {
      if (choice === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // A browser may forbid storage. Then the choice lasts for this visit.
    }
  }
}

function remembered(): Locale | undefined {
  try {
    const chosen = localStorage.getItem(KEY);
    return isLocale(chosen) ? chosen : undefined;
  } catch {
    return undefined;
  }
}

function systems(): Locale {
  return preferred().map(base).find(isLocale) ?? 'en';
}

function preferred(): readonly string[] {
  return typeof navigator === 'undefined' ? [] : navigator.languages;
}

function base(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? '';
}

export const language = new Language();

overwriteGetLocale(() => language.current);
