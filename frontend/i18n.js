// Compiles the messages into src/lib/paraglide if they have changed. The
// compiler takes seconds, and every npm script needs its result.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';

const time = (path) => statSync(path).mtimeMs;
const sources = [...readdirSync('messages').map((name) => `messages/${name}`), 'project.inlang/settings.json'];
const made = 'src/lib/paraglide/runtime.js';

if (!existsSync(made) || Math.max(...sources.map(time)) >= time(made)) {
  const compile = 'compile --project ./project.inlang --outdir ./src/lib/paraglide --strategy baseLocale';
  const flags = [...compile.split(' '), '--emit-ts-declarations', '--silent'];
  const { status } = spawnSync('node_modules/.bin/paraglide-js', flags, { stdio: 'inherit' });
  process.exit(status ?? 1);
}
