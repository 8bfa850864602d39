/** The actions for a file of a list. */
export interface FileActions {
  view: () => void;
  choose: () => void;
  /** Compares the file with its earlier version. */
  compare: () => void;
}
