// The shapes of the settings screen, and of the work folder.

export interface WorkFolder {
  /** Where it is, or would be. */
  folder: string;
  enabled: boolean;
  watched: boolean;
  there: boolean;
  asked: boolean;
  /** Its drive tells of no changes: it is looked at every 30 seconds. */
  scanned: boolean;
  move: FolderMove;
  problems: FolderProblem[];
}

export interface FolderMove {
  /** '' while none goes on. */
  to: string;
  done: number;
  total: number;
}

export type FolderProblemCode =
  'root_missing' | 'watch_limit' | 'unreadable' | 'folder_copied' | 'folder_failed' | 'bad_rule';

export interface FolderProblem {
  code: FolderProblemCode;
  path: string;
  message: string;
  /** A command that helps, '' for none. */
  remedy: string;
}

export type LeftOutReason =
  | 'unfinished'
  | 'secret'
  | 'download'
  | 'working'
  | 'conflict'
  | 'temporary'
  | 'hidden'
  | 'rule'
  | 'link'
  | 'special'
  | 'other_folder';

export interface LeftOut {
  path: string;
  reason: LeftOutReason;
  detail: string;
  folder: boolean;
}

export interface OrderFolder {
  /** '' while the order has none. */
  dir: string;
  leftOut: LeftOut[];
  more: number;
}

export interface About {
  version: string;
  /** '' while the server is away. */
  serverVersion: string;
  logs: string;
}

export interface Account {
  name: string;
  email: string;
  language: '' | 'en' | 'de';
}

export interface IgnoreRules {
  text: string;
  /** Lines that can never match; nothing was saved then. */
  faults: RuleFault[];
  builtIns: BuiltInRule[];
}

export interface RuleFault {
  line: number;
  text: string;
}

export interface BuiltInRule {
  reason: 'unfinished' | 'secret' | 'download' | 'working' | 'conflict' | 'temporary' | 'system' | 'hidden';
  patterns: string[];
}
