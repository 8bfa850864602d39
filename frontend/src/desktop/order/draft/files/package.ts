import type { DraftFile, FileState } from '$lib/api/views';
import { fileName } from '$lib/format/text';

/** A package, shown as one file. */
export interface Whole {
  file: DraftFile;
  /** The number of files. */
  count: number;
  /** The name of the file with the problem; '' for none. */
  at: string;
  /** The paths of files with a problem that the seller must solve. */
  problems: string[];
}

/** In order of importance for the state of a package. */
const STATES: readonly FileState[] = ['problem', 'uploading', 'checking', 'settling', 'queued', 'verified'];

/** The package at a path, with these files in it. */
export function wholeOf(path: string, files: readonly DraftFile[]): Whole {
  const state = STATES.find((one) => files.some((file) => file.state === one)) ?? 'verified';
  const faulty = files.find((file) => file.state === state && file.problem.code !== '');
  const file: DraftFile = {
    path,
    source: '',
    size: sum(files, ({ size }) => size),
    sent: sum(files, (one) => doneOf(one, state)),
    state,
    sha256: '',
    taken: files.every(({ taken }) => taken),
    problem: faulty?.problem ?? { code: '', message: '' },
    inFolder: files.some(({ inFolder }) => inFolder),
  };
  const problems = files.filter((one) => one.state === 'problem').map((one) => one.path);
  return { file, count: files.length, at: faulty ? fileName(faulty.path) : '', problems };
}

/** How many bytes of a file are sent or, while the package is checked, read. */
function doneOf({ state, sent, size }: DraftFile, whole: FileState): number {
  return state === 'checking' && whole !== 'checking' ? size : sent;
}

function sum(files: readonly DraftFile[], of: (file: DraftFile) => number): number {
  return files.reduce((total, file) => total + of(file), 0);
}
