// Starts the programs that the environment names, each in its own process group
// and with its own home, and stops all of them.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const server = process.env.HANDOVER_SERVER;
export const desktop = process.env.HANDOVER_DESKTOP_DEV;

export interface Program {
  output(): string;
  /** Resolves to the first match in the program's output. */
  says(pattern: RegExp, timeout?: number): Promise<RegExpMatchArray>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Programs holds the processes of one test. */
export class Programs {
  readonly home = mkdtempSync(join(tmpdir(), 'handover-e2e-'));
  /** The servers' arguments other than the data folder. */
  flags: string[] = [];
  /** The server that was started last. */
  server: Program | undefined;
  #running: Program[] = [];

  start(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Program {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#homes(), ...env },
    });
    const program = follow(child, command);
    this.#running.push(program);
    return program;
  }

  /** Runs a program to its end and resolves to its output. */
  async run(command: string, args: string[], input = ''): Promise<string> {
    const child = spawn(command, args, { env: { ...process.env, ...this.#homes() } });
    child.stdin.end(input);
    let out = '';
    let errors = '';
    child.stdout.on('data', (data) => (out += String(data)));
    child.stderr.on('data', (data) => (errors += String(data)));
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${code}: ${errors || out}`);
    return out;
  }

  /** Starts the server; resolves to its address. */
  async serve(data: string): Promise<string> {
    if (!server) throw new Error('HANDOVER_SERVER names no server');
    const program = this.start(server, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...this.flags]);
    this.server = program;
    const [, url] = await program.says(/listening on (http:\/\/\S+)/);
    if (!url) throw new Error(program.output());
    return url;
  }

  /** Starts the dev-tagged window on a display of its own; resolves to the page's address. */
  async openWindow(dist: string): Promise<string> {
    if (!desktop) throw new Error('HANDOVER_DESKTOP_DEV names no program');
    const display = await this.#display();
    const port = await freePort();
    const address = `localhost:${port}`;
    const env = { DISPLAY: display, devserver: address, assetdir: dist, loglevel: 'error', XDG_RUNTIME_DIR: this.home };
    const program = this.start('dbus-run-session', ['--', desktop], env);
    await answers(`http://${address}/`, program);
    return `http://${address}/`;
  }

  async stop(): Promise<void> {
    for (const program of this.#running.reverse()) await program.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  async #display(): Promise<string> {
    const xvfb = this.start('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp']);
    const [number] = await xvfb.says(/^\d+/m);
    return `:${number}`;
  }

  #homes(): NodeJS.ProcessEnv {
    const dir = (name: string) => join(this.home, name);
    return {
      HOME: this.home,
      XDG_DATA_HOME: dir('data'),
      XDG_CONFIG_HOME: dir('config'),
      XDG_CACHE_HOME: dir('cache'),
      XDG_STATE_HOME: dir('state'),
    };
  }
}

function follow(child: ChildProcess, name: string): Program {
  let output = '';
  let ended = false;
  const listeners = new Set<() => void>();
  const heard = () => listeners.forEach((listener) => listener());
  const read = (data: unknown) => {
    output += String(data);
    heard();
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  const end = new Promise<void>((resolve) => {
    const over = () => {
      ended = true;
      heard();
      resolve();
    };
    child.on('close', over);
    child.on('error', (error) => {
      output += String(error);
      over();
    });
  });

  return {
    output: () => output,
    says: (pattern, timeout = 20_000) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`${name} ${why}; it said:\n${output}`));
        const timer = setTimeout(() => fail(`did not say ${pattern}`), timeout);
        const look = () => {
          const match = pattern.exec(output);
          if (!match && !ended) return;
          clearTimeout(timer);
          listeners.delete(look);
          if (match) resolve(match);
          else fail('ended');
        };
        listeners.add(look);
        look();
      }),
    stop: async (signal = 'SIGTERM') => {
      if (ended || child.pid === undefined) return;
      kill(child.pid, signal);
      const late = setTimeout(() => child.pid !== undefined && kill(child.pid, 'SIGKILL'), 10_000);
      await end;
      clearTimeout(late);
    },
  };
}

/** Ends only the program's process group. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has already ended.
  }
}

async function answers(url: string, program: Program): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${url} does not answer:\n${program.output()}`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
