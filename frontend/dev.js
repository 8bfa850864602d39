// Opens the window with hot reload: Vite serves the page, and the dev build of
// the window shows it. When one ends, the other ends too. `make dev` runs this.
import { spawn } from 'node:child_process';
import { createServer as createSocket } from 'node:net';
import { createServer } from 'vite';

function freePort() {
  return new Promise((resolve, reject) => {
    const socket = createSocket().on('error', reject);
    socket.listen(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

const vite = await createServer({
  configFile: 'vite.desktop.ts',
  clearScreen: false,
  server: { host: '127.0.0.1', port: await freePort(), strictPort: true },
});
await vite.listen();
// Wait, because the window stays blank while Vite compiles the page for the first time.
await vite.warmupRequest('/main.ts');
await vite.waitForRequestsIdle();

// The dev build of Wails reads two variables: the address of Vite, and the
// address that serves the window's page to a browser.
const devserver = `127.0.0.1:${await freePort()}`;
const page = `http://127.0.0.1:${vite.config.server.port}`;
const environment = {
  HANDOVER_HOME: '../.cache/dev', // separate from real drafts
  ...process.env,
  devserver,
  frontenddevserverurl: page,
  loglevel: process.env.loglevel ?? 'warning',
};
const desktop = spawn('../.cache/handover-desktop-dev', process.argv.slice(2), { env: environment, stdio: 'inherit' });
console.log(`The window opens. In a browser: http://${devserver}`);

// A terminal sends Ctrl+C to the window too, but other senders may not.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => desktop.kill('SIGTERM'));
desktop.on('error', (error) => console.error(`error: ${error.message}`));
desktop.on('close', async (code) => {
  await vite.close();
  process.exit(code ?? 0);
});
