import { isLocale, overwriteGetLocale, type Locale } from '$lib/paraglide/runtime';

const KEY = 'handover.language';

/**
 * Language is what the screen speaks: the chosen one, which is remembered, or
 * else the first of the system's that Handover knows. Messages and formats
 * that were read in a template change with it at once.
 */
class Language {
  #current = $state<Locale>(remembered() ?? systems());

  get current(): Locale {
    return this.#current;
  }

  /** The language with the system's region, for dates and numbers: de-AT, en-US. */
  get tag(): string {
    const fallback = this.#current === 'de' ? 'de-DE' : 'en-GB';
    return preferred().find((tag) => base(tag) === this.#current && tag.includes('-')) ?? fallback;
  }

  choose(locale: Locale): void {
    this.#current = locale;
    try {
      localStorage.setItem(KEY, locale);
    } catch {
      // A browser may forbid storage; the choice then holds for this visit.
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
