/** A text that is kept when the page closes, until it is cleared. */
export interface DraftStorage {
  get(): string;
  /** '' clears it. */
  set(text: string): void;
}

/** Stores a text in this browser, if the browser allows storage. */
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
        // The storage is full or forbidden: the text lasts as long as the page.
      }
    },
  };
}
