/** What can be done with a file of a list. */
export interface FileActions {
  view: () => void;
  choose: () => void;
  /** Compares it with what it was. */
  compare: () => void;
}
