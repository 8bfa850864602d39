// The shapes of placing the orders of a file.

/** A file that was chosen, and what is in it or wrong with it. */
export interface ImportPreview {
  /** For placing it; '' when the seller chose none, or something is wrong. */
  id: string;
  /** Of the file, '' when the seller chose none. */
  name: string;
  count: number;
  /** The first of them. */
  orders: ImportOrder[];
  wrong: number;
  errors: ImportError[];
}

export interface ImportOrder {
  line: number;
  id: string;
  title: string;
  buyer: string;
  email: string;
  dueAt: string;
  price: string;
  currency: string;
  /** The buyer's link, once it is placed. */
  url: string;
}

export interface ImportError {
  line: number;
  /** The column, '' for the line itself. */
  field: string;
  code: string;
  message: string;
}

export interface PlacedImport {
  orders: ImportOrder[];
  /** The same file was placed before; these are the orders of then. */
  before: boolean;
}
