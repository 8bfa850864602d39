import type { OrderPage } from '$lib/api/views';
import { active, at, emptyDraft, file } from './samples.ts';

const song = 'Song.logicx';
const film = 'Film.fcpbundle';

/** A draft with packages (folders that a Mac shows as one file), each in another state. */
export const packaged: OrderPage = {
  ...active,
  order: { ...active.order, hasDraft: true },
  draft: {
    ...emptyDraft('film'),
    files: [
      file('Notes.pdf', 182_344),
      file(`${film}/CurrentVersion.flexolibrary`, 4_120_000),
      file(`${film}/Interview/Original Media/Interview mit Anna.mov`, 880_000_000, {
        state: 'problem',
        sent: 0,
        problem: { code: 'file_unreadable', message: 'permission denied' },
      }),
      file(`${song}/Alternatives/000/ProjectData`, 2_348_112),
      file(`${song}/Media/Audio Files/Vocals.aif`, 212_000_000, { state: 'uploading', sent: 98_000_000 }),
      file(`${song}/Media/Audio Files/Guitar.aif`, 187_000_000, { state: 'queued', sent: 0 }),
      file('tools/Preview.app/Contents/Info.plist', 1_204),
      file('tools/Preview.app/Contents/MacOS/Preview', 8_204_118),
      file('tools/read me.txt', 2_018),
    ],
    description: 'The song with its project, the cut and a small player.',
    updatedAt: at(-0.2),
    progress: { sent: 112_857_796, total: 1_293_857_796, rate: 24_800_000, seconds: 48 },
  },
};
