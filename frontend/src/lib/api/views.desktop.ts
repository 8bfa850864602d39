// What the desktop program tells of the desktop around its window.

/** What the program was asked to show from outside: by a link, a notification or the tray. */
export interface Asked {
  kind: '' | 'order' | 'orders';
  order: string;
  /** It was a link to an order that is not there. */
  unusable: boolean;
}

/** Whether the program starts at sign-in to the computer. */
export interface Startup {
  /** false for a data folder that is not the seller's own. */
  available: boolean;
  on: boolean;
}

export const newsKinds = ['accepted', 'changes', 'extended', 'message', 'completed', 'cancellation', 'due'] as const;
export type NewsKind = (typeof newsKinds)[number];

/** Whether the desktop tells of a kind of news. */
export interface News {
  kind: NewsKind;
  on: boolean;
}
