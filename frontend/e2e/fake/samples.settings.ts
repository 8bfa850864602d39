import type { OrderFolder, WorkFolder } from '$lib/api/views';

export const off: WorkFolder = {
  folder: '/home/mara/Documents/Handover',
  enabled: false,
  watched: false,
  there: false,
  asked: true,
  scanned: false,
  move: { to: '', done: 0, total: 0 },
  problems: [],
};

export const on: WorkFolder = { ...off, enabled: true, watched: true, there: true };

/** A work folder on a network drive, during a move, with every kind of problem. */
export const moving: WorkFolder = {
  ...on,
  scanned: true,
  move: { to: '/media/mara/Archive 2026/Handover', done: 1_200_000_000, total: 5_000_000_000 },
};

export const troubled: WorkFolder = {
  ...on,
  problems: [
    {
      code: 'watch_limit',
      path: on.folder,
      message: '',
      remedy: 'sudo sysctl fs.inotify.max_user_watches=524288',
    },
    { code: 'folder_copied', path: `${on.folder}/Wedding film (copy)`, message: '', remedy: '' },
    { code: 'root_missing', path: on.folder, message: '', remedy: '' },
    { code: 'unreadable', path: `${on.folder}/Wedding film/locked.mov`, message: '', remedy: '' },
    { code: 'folder_failed', path: '', message: 'no space left on device', remedy: '' },
    { code: 'bad_rule', path: `${on.folder}/.handoverignore`, message: '', remedy: '' },
  ],
};

export const orderFolder: OrderFolder = {
  dir: '/home/mara/Documents/Handover/Image film for the spring campaign',
  leftOut: [
    { path: 'WIP', reason: 'unfinished', detail: '', folder: true, files: 12, source: '/home/mara/WIP' },
    {
      path: 'film-en-4k.mov.part',
      reason: 'download',
      detail: '',
      folder: false,
      files: 0,
      source: '/home/mara/film-en-4k.mov.part',
    },
    { path: 'poster.psd', reason: 'rule', detail: '*.psd', folder: false, files: 0, source: '/home/mara/poster.psd' },
    {
      path: 'to the archive',
      reason: 'link',
      detail: '/media/archive',
      folder: false,
      files: 0,
      source: '/home/mara/to the archive',
    },
  ],
  more: 3,
};
