/** A text that survives closing the page, until it is no longer needed. */
export interface DraftStorage {
  get(): string;
  /** '' forgets it. */
  set(text: string): void;
}

/** Keeps a text in this browser; one that keeps nothing keeps nothing. */
export function draftStorage(order: string, name: string): DraftStorage {
  const key = `handover.${name}.${order}`;
  return {
    get() {
      try {
        return localStorage.getItem(key) ?? '';
      } catch {
        return '';
      }
    },
    set(text) {
      try {
        if (text === '') localStorage.removeItem(key);
        else localStorage.setItem(key, text);
      } catch {
        // No room, or not allowed: the text lives as long as the page.
      }
    },
  };
}
